import assert from "node:assert/strict";
import { test } from "node:test";

import { Queue } from "../../src/mien/web/js/api/queue.js";

const newEntry = (name, size = 10) => ({
  name,
  blob: new Blob([new Uint8Array(size)]),
  state: "waiting",
  document: null,
  problem: null,
});

/** A service whose answers come when the test says so. */
function service() {
  const asked = [];
  return {
    asked,
    analyze: (entry) => new Promise((answer, fail) => asked.push({ entry, answer, fail })),
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

function started(count) {
  const { asked, analyze } = service();
  const states = [];
  const queue = new Queue(
    analyze,
    ({ name, state }) => states.push(`${name} ${state}`),
    ({ message }) => message,
  );
  const entries = Array.from({ length: count }, (_, i) => newEntry(String(i)));
  for (const entry of entries) queue.add(entry, 100);
  return { asked, entries, queue, states };
}

test("two pictures at a time are at the service, the others wait for their turn", async () => {
  const { asked, entries, queue } = started(4);
  assert.deepEqual(entries.map(({ state }) => state), ["busy", "busy", "waiting", "waiting"]);
  assert.deepEqual(queue.progress, { count: 4, done: 0 });
  asked[1].answer("one");
  await settle();
  assert.equal(entries[1].state, "done");
  assert.equal(entries[1].document, "one");
  assert.equal(entries[2].state, "busy");
  assert.deepEqual(queue.progress, { count: 4, done: 1 });
  for (const i of [0, 2]) asked[i].answer(i);
  await settle();
  asked[3].answer(3);
  await settle();
  assert.deepEqual(queue.progress, { count: 0, done: 0 });
});

test("one that fails says why and harms no other", async () => {
  const { asked, entries } = started(2);
  asked[0].fail(new Error("overloaded"));
  asked[1].answer("one");
  await settle();
  assert.deepEqual([entries[0].state, entries[0].problem], ["failed", "overloaded"]);
  assert.deepEqual([entries[1].state, entries[1].problem], ["done", null]);
});

test("a picture that is too large is not sent", () => {
  const { asked, queue, states } = started(0);
  queue.add(newEntry("large", 101), 100);
  assert.equal(asked.length, 0);
  assert.deepEqual(states, ["large failed"]);
});

test("a picture that is forgotten in time is not sent", async () => {
  const { asked, entries, queue } = started(3);
  queue.forget(entries[2]);
  for (const { answer } of asked.slice(0, 2)) answer("done");
  await settle();
  assert.equal(asked.length, 2);
  assert.deepEqual(queue.progress, { count: 0, done: 0 });
});

test("while a picture is analysed again its answer stays", async () => {
  const { asked, entries, queue } = started(1);
  asked[0].answer("first");
  await settle();
  queue.add(entries[0], 100);
  assert.deepEqual([entries[0].state, entries[0].document], ["busy", "first"]);
  asked[1].answer("second");
  await settle();
  assert.deepEqual([entries[0].state, entries[0].document], ["done", "second"]);
});

test("an answer to an earlier question is dropped, whichever comes first", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    const { asked, entries, queue } = started(1);
    queue.add(entries[0], 100);
    assert.equal(asked.length, 2);
    for (const i of order) {
      asked[i].answer(`answer ${i}`);
      await settle();
    }
    assert.deepEqual([entries[0].state, entries[0].document], ["done", "answer 1"]);
  }
});
