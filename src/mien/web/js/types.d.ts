// What the service answers (see docs of POST /v1/analyze and /v1/explain, GET /v1/model and
// WS /v1/stream), and what the page keeps in the tab. Read by the type checker alone; no browser loads this file.

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Quality {
  size: number;
  sharpness: number;
  frontality: number | null;
}

export interface Age {
  years: number;
  low: number;
  high: number;
  group: string;
  group_probabilities: Record<string, number>;
  at_least: Record<string, number>;
  distribution?: number[];
}

export type GenderLabel = "female" | "male" | "undetermined";

export interface Gender {
  label: GenderLabel;
  female: number;
  male: number;
}

export type Part = "forehead" | "eyes" | "nose" | "mouth" | "cheeks" | "chin";

/** What an answer hangs on: a grey picture of the chip's size, and shares of the face's parts. */
export interface Importance {
  map: string;
  shares: Record<Part, number>;
}

export interface Explanation {
  chip: string;
  age: Importance;
  gender: Importance;
}

/** A face of a picture or, with `track_id`, a person of a stream. */
export interface Face {
  box: Box;
  score: number;
  landmarks: [number, number][] | null;
  aligned: boolean;
  quality: Quality | null;
  age: Age | null;
  gender: Gender | null;
  chip?: string;
  explanation?: Explanation;
  track_id?: number;
}

export interface PictureAnswer {
  schema: number;
  model: string;
  path: string;
  width: number;
  height: number;
  faces: Face[];
  error: string | null;
}

export interface Expected {
  people: number;
  low: number;
  high: number;
}

export interface Summary {
  people: Expected;
  by_group: Record<string, Expected>;
  by_gender: { female: Expected; male: Expected };
}

/** Of an answer what the page uses. */
export interface StreamAnswer {
  frame: number;
  width: number;
  height: number;
  faces: Face[];
  summary: Summary | null;
  error?: { code: string; message: string };
}

export interface Limits {
  max_body_bytes: number;
  max_pixels: number;
  max_pictures: number;
}

export interface Model {
  name: string;
  network: string;
  parameters: number;
  size: number;
  gender: { temperature: number; threshold: number };
  data: { name: string; pictures: number; licence: string }[];
  metrics: Record<string, Record<string, number>>;
  licence: string;
  commit: string;
  sha256: string;
  limits: Limits;
}

/** A picture in this tab. */
export interface Picture {
  name: string;
  blob: Blob;
  url: string;
  sample: boolean;
  cropped: boolean;
  state: "waiting" | "busy" | "done" | "failed";
  answer: PictureAnswer | null;
  /** Code of what went wrong, see `api.js`. */
  problem: string | null;
}
