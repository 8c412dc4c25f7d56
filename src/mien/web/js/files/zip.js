// Makes a zip file. The files in it are not compressed, for pictures are compressed already.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const UTF8_NAMES = 0x0800;
const VERSION = 20;

/**
 * @param {{name: string, blob: Blob}[]} files Files with different names.
 * @returns {Promise<Blob>}
 */
export async function zip(files) {
  /** @type {BlobPart[]} */
  const parts = [];
  /** @type {BlobPart[]} */
  const directory = [];
  let [offset, length] = [0, 0];
  for (const { name, blob } of files) {
    const bytes = new TextEncoder().encode(name);
    const sum = checksum(new Uint8Array(await blob.arrayBuffer()));
    // Version, flags, method (stored), time and date (none), checksum, sizes, lengths of names.
    const about = [
      [VERSION, 2], [UTF8_NAMES, 2], [0, 2], [0, 2], [0x21, 2],
      [sum, 4], [blob.size, 4], [blob.size, 4], [bytes.length, 2], [0, 2],
    ];
    parts.push(packed([[LOCAL, 4], ...about]), bytes, blob);
    // Comment, disk, attributes (none), position of the file in the archive.
    const rest = [[0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]];
    directory.push(packed([[CENTRAL, 4], [VERSION, 2], ...about, ...rest]), bytes);
    offset += 30 + bytes.length + blob.size;
    length += 46 + bytes.length;
  }
  const count = files.length;
  const end = [[END, 4], [0, 2], [0, 2], [count, 2], [count, 2], [length, 4], [offset, 4], [0, 2]];
  return new Blob([...parts, ...directory, packed(end)], { type: "application/zip" });
}

/** @param {number[][]} fields Pairs of a number and its width in bytes. */
function packed(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, width]) => sum + width, 0)));
  let offset = 0;
  for (const [value, width] of fields) {
    if (width === 2) view.setUint16(offset, value, true);
    else view.setUint32(offset, value, true);
    offset += width;
  }
  return view.buffer;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
