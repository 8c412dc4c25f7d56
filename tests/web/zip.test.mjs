import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { zip } from "../../src/mien/web/js/files/zip.js";

const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps({name: archive.read(name).hex() for name in archive.namelist()}))
`;

test("Python can read the files of the archive", async () => {
  const contents = {
    "a.jpg": new Uint8Array([0, 1, 2, 255]),
    "größe-顔.jpg": new Uint8Array(70_000).map((_, i) => i * 7),
    "empty.jpg": new Uint8Array(),
  };
  const files = Object.entries(contents).map(([name, bytes]) => ({ name, blob: new Blob([bytes]) }));
  const folder = mkdtempSync(join(tmpdir(), "mien-zip-"));
  try {
    const path = join(folder, "some.zip");
    writeFileSync(path, new Uint8Array(await (await zip(files)).arrayBuffer()));
    const read = JSON.parse(execFileSync(process.env.PYTHON ?? "python3", ["-c", READ, path]));
    const expected = Object.entries(contents).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString("hex"),
    ]);
    assert.deepEqual(Object.entries(read), expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
