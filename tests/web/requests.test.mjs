import assert from "node:assert/strict";
import { test } from "node:test";

import { blobOf, optionsQuery } from "../../src/mien/web/js/api/api.js";

test("options become query parameters of the service", () => {
  const written = (options) => String(optionsQuery(options));
  assert.equal(written({ certainty: 0.98, attributes: [] }), "certainty=0.98");
  assert.equal(written({ attributes: [] }), "");
  assert.equal(written({ certainty: "off", attributes: [] }), "certainty=off");
  assert.equal(
    written({ certainty: 0.9, attributes: ["ethnicity", "hat"] }),
    "certainty=0.9&attributes=ethnicity&attributes=hat",
  );
});

test("a data URL becomes a blob with its bytes and its type", async () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
  const blob = blobOf(`data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`);
  assert.equal(blob.type, "image/jpeg");
  assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), bytes);
});
