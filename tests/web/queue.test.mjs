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

/** A service that answers when the test calls `answer` or `fail`. */
function service() {
  const requests = [];
  return {
    requests,
    analyze: (entry) => new Promise((answer, fail) => requests.push({ entry, answer, fail })),
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

function started(count) {
  const { requests, analyze } = service();
  const states = [];
  const queue = new Queue(
    analyze,
    ({ name, state }) => states.push(`${name} ${state}`),
    ({ message }) => message,
  );
  const entries = Array.from({ length: count }, (_, i) => newEntry(String(i)));
  for (const entry of entries) queue.add(entry, 100);
  return { requests, entries, queue, states };
}

test("the service gets two pictures at a time, and the others wait", async () => {
  const { requests, entries, queue } = started(4);
  assert.deepEqual(entries.map(({ state }) => state), ["busy", "busy", "waiting", "waiting"]);
  assert.deepEqual(queue.progress, { count: 4, done: 0 });
  requests[1].answer("one");
  await settle();
  assert.equal(entries[1].state, "done");
  assert.equal(entries[1].document, "one");
  assert.equal(entries[2].state, "busy");
  assert.deepEqual(queue.progress, { count: 4, done: 1 });
  for (const i of [0, 2]) requests[i].answer(i);
  await settle();
  requests[3].answer(3);
  await settle();
  assert.deepEqual(queue.progress, { count: 0, done: 0 });
});

test("a picture that fails has a problem, and the others do not", async () => {
  const { requests, entries } = started(2);
  requests[0].fail(new Error("overloaded"));
  requests[1].answer("one");
  await settle();
  assert.deepEqual([entries[0].state, entries[0].problem], ["failed", "overloaded"]);
  assert.deepEqual([entries[1].state, entries[1].problem], ["done", null]);
});

test("a picture that is too large is not sent", () => {
  const { requests, queue, states } = started(0);
  queue.add(newEntry("large", 101), 100);
  assert.equal(requests.length, 0);
  assert.deepEqual(states, ["large failed"]);
});

test("a picture that is removed before its turn is not sent", async () => {
  const { requests, entries, queue } = started(3);
  queue.forget(entries[2]);
  for (const { answer } of requests.slice(0, 2)) answer("done");
  await settle();
  assert.equal(requests.length, 2);
  assert.deepEqual(queue.progress, { count: 0, done: 0 });
});

test("a picture keeps its answer while it is analysed again", async () => {
  const { requests, entries, queue } = started(1);
  requests[0].answer("first");
  await settle();
  queue.add(entries[0], 100);
  assert.deepEqual([entries[0].state, entries[0].document], ["busy", "first"]);
  requests[1].answer("second");
  await settle();
  assert.deepEqual([entries[0].state, entries[0].document], ["done", "second"]);
});

test("only the answer to the last request is used, in any order of the answers", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    const { requests, entries, queue } = started(1);
    queue.add(entries[0], 100);
    assert.equal(requests.length, 2);
    for (const i of order) {
      requests[i].answer(`answer ${i}`);
      await settle();
    }
    assert.deepEqual([entries[0].state, entries[0].document], ["done", "answer 1"]);
  }
});
