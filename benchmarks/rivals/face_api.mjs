// Answers of the networks for age and gender of the npm package @vladmandic/face-api.
//
//     npm install --prefix FOLDER @vladmandic/face-api@1.7.15 \
//         @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0 sharp@0.35.5
//     node benchmarks/rivals/face_api.mjs FOLDER pictures.csv answers.csv
//
// The list of pictures is made by benchmarks.rivals.pictures. Faces are detected by the package's
// detector SSD MobileNet V1 with its own options, and aligned by its 68 landmarks, as its tutorial
// proposes. Where it detects no face, it gets the box of the list; the column "detected" is then 0.
// Answers that are there already are kept.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [folder, list, out] = process.argv.slice(2);
const require = createRequire(path.resolve(folder, "package.json"));
const sharp = require("sharp");
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
const home = path.resolve(folder, "node_modules/@vladmandic/face-api");
const faceapi = require(path.join(home, "dist/face-api.node-wasm.js"));

async function load() {
  wasm.setWasmPaths(`${path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js cannot use WebAssembly");
  const { nets } = faceapi;
  for (const net of [nets.ssdMobilenetv1, nets.faceLandmark68Net, nets.ageGenderNet])
    await net.loadFromDisk(path.join(home, "model"));
}

function rows(file) {
  if (!fs.existsSync(file)) return [];
  const [names, ...lines] = fs.readFileSync(file, "utf8").trim().split(/\r?\n/).map((l) => l.split(","));
  return lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
}

// The face that the picture is about: as in mien, the one nearest the centre among those at least
// half as large as the largest.
function central(detections, width, height) {
  const largest = Math.max(...detections.map(({ box }) => box.width));
  const distance = ({ box }) =>
    (box.x + box.width / 2 - width / 2) ** 2 + (box.y + box.height / 2 - height / 2) ** 2;
  return detections
    .filter(({ box }) => box.width >= largest / 2)
    .sort((a, b) => distance(a) - distance(b))[0];
}

function given(row, width, height) {
  const [left, top, right, bottom] = ["left", "top", "right", "bottom"].map((side) => Number(row[side]));
  const box = new faceapi.Rect(
    left / width, top / height, (right - left) / width, (bottom - top) / height,
  );
  return new faceapi.FaceDetection(1, box, { width, height });
}

async function answer(row) {
  const { data, info } = await sharp(row.path).removeAlpha().toColourspace("srgb").raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const pixels = tf.tensor3d(data, [height, width, 3], "int32");
  const found = central(await faceapi.detectAllFaces(pixels), width, height);
  const detection = found ?? given(row, width, height);
  const face = await new faceapi.DetectSingleFaceLandmarksTask(
    Promise.resolve({ detection }), pixels, false,
  ).withAgeAndGender();
  pixels.dispose();
  const female = face.gender === "female" ? face.genderProbability : 1 - face.genderProbability;
  return [row.set, row.path, Math.max(face.age, 0).toFixed(2), female.toFixed(4), found ? 1 : 0];
}

await load();
const done = new Set(rows(out).map((row) => row.path));
if (!fs.existsSync(out)) fs.writeFileSync(out, "set,path,age,female,detected\n");
for (const row of rows(list))
  if (!done.has(row.path)) fs.appendFileSync(out, `${(await answer(row)).join(",")}\n`);
