// Elements of the document.

/** @typedef {Node | string | null | false} Child */

/**
 * Makes an element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | ((event: Event) => void)>} attributes Attributes by name.
 *     A function listens to the event of that name. True is an attribute without a value. An
 *     attribute that is false is left out.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null && child !== false) made.append(child);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an SVG element.
 *
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...Node} children
 */
export function svgElement(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Makes an icon of `icons.svg`. Icons are decoration; a text beside them has their meaning.
 *
 * @param {string} name
 */
export function icon(name) {
  const use = svgElement("use", { href: `icons.svg#${name}` });
  return svgElement("svg", { class: "icon", "aria-hidden": "true" }, use);
}

/**
 * Finds an element of `index.html` by its id.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`no ${type.name} has the id '${id}'`);
  return found;
}
