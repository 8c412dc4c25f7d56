// Tables as CSV, for spreadsheets.

/** @typedef {string | number | null | undefined} Cell */

/** Beginnings of a text that a spreadsheet reads as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Returns rows as CSV. The first line has the names of all members.
 *
 * @param {Record<string, Cell>[]} rows
 */
export function csv(rows) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/** @param {Cell} value */
function cell(value) {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
