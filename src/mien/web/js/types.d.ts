// The service's answers. Made by tools/page_types.py from src/mien/schema.py and
// src/mien/server/schemas.py; change those, then run: python -m tools.page_types
// Read by the type checker alone; no browser loads this file.

/** The decision whether a face looks old enough. An apparent age is no proof of age. */
export interface AgeCheck {
  /** The age in question in years. */
  over: number;
  /** Least apparent age in years of a face that passes; null for none. */
  challenge: number | null;
  /** The answer: over, under, or ask for a proof of age. */
  answer: "over" | "under" | "ask";
  /** What decided: probability; estimate, the apparent age is below the challenge age; view, the
    view is too poor; not a face, what was detected is unusual for a face; no face, none was
    detected. */
  reason: "probability" | "estimate" | "view" | "not a face" | "no face";
  /** Probability of looking as old as asked or older, 0..1; null before the first view. */
  probability: number | null;
}

/** An apparent age. */
export interface AgeEstimate {
  /** Always "distribution", the kind of the head. */
  kind: "distribution";
  /** The estimate in years. */
  years: number;
  /** Lower end of the 80 % interval in years. */
  low: number;
  /** Upper end of the 80 % interval in years. */
  high: number;
  /** The most probable age group. */
  group: string;
  /** Probability of each age group. */
  group_probabilities: Record<string, number>;
  /** Probability of looking this old or older, by the age in years: 12, 13, 15, 16, 18, 21, 25
    and 65. */
  at_least: Record<string, number>;
  /** Probability of each age 0..100; only if the request asks for it. */
  distribution?: number[];
  /** Probability of looking each age 0..100 or older, calibrated as at_least; only with the
    distribution. */
  older?: number[];
}

/** A rectangle in pixels of the upright picture; it may reach outside the picture. */
export interface Box {
  /** Left edge. */
  x: number;
  /** Top edge. */
  y: number;
  /** Extent to the right. */
  width: number;
  /** Extent downwards. */
  height: number;
}

/** The part of an estimate by which a face is counted; other members are ignored. */
export interface CountedEstimate {
  /** Probability of each label. */
  probabilities?: Record<string, number>;
  /** Probability of each age group. */
  group_probabilities?: Record<string, number>;
  [further: string]: unknown;
}

/** A face to count, as in an answer; other members are ignored. */
export interface CountedFace {
  /** The estimates, by the attribute's name. */
  attributes: Record<string, CountedEstimate>;
  [further: string]: unknown;
}

/** The body of `POST /v1/audience`. */
export interface CountedFaces {
  /** Faces of answers. A person in two pictures counts twice. */
  faces: CountedFace[];
}

/** Pictures that the model was trained on. */
export interface Data {
  /** Name of the data set. */
  name: string;
  /** Number of its pictures. */
  pictures: number;
  /** Its licence. */
  licence: string;
}

/** The answer of `POST /v1/analyze` and `POST /v1/explain`. */
export interface Document {
  /** Version of this description. */
  schema: number;
  /** Name of the model. */
  model: string;
  /** Notices of the shown attributes, by the attribute's name; only if there are any. */
  notices?: Record<string, string>;
  /** One for each picture of the request. */
  pictures: Picture[];
}

/** Reason why a frame or the options of a stream cannot be used. */
export interface ErrorDetails {
  /** Stable code, for programs. */
  code: string;
  /** One sentence, for people. */
  message: string;
}

/** An expected number of people. */
export interface Expected {
  /** The number: a sum of probabilities. */
  people: number;
  /** Lower end of the 80 % interval. */
  low: number;
  /** Upper end of the 80 % interval. */
  high: number;
}

/** Explanation of the estimates for a face. */
export interface Explanation {
  /** The aligned face that the model saw: a PNG, as a data: URL. */
  chip: string;
  /** Importance for each estimate, by the attribute's name. */
  importance: Record<string, Importance>;
}

/** One face and what it looks like. */
export interface Face {
  /** Box around the face. */
  box: Box;
  /** Eyes, tip of the nose, corners of the mouth, the left one first; x and y in pixels. */
  landmarks: number[][] | null;
  /** Detection score, 0..1. */
  score: number;
  /** Whether the face was aligned by its landmarks. */
  aligned: boolean;
  /** Quality of the view. */
  quality: Quality;
  /** An estimate for each attribute of the model, by its name. */
  attributes: Record<string, AgeEstimate | LabelEstimate>;
  /** Whether the face looks old enough; only if the request asks for it. */
  age_check?: AgeCheck;
  /** What to know about ``age_check``; only with it. */
  notice?: string;
  /** The aligned face that the model saw: a JPEG, as a data: URL. Only with chips=true. */
  chip?: string;
  /** Explanation of the estimates. Only from /v1/explain. */
  explanation?: Explanation;
}

/** One attribute that the model predicts. */
export interface Head {
  /** The attribute's name, as in answers. */
  name: string;
  /** Kind of the prediction: a distribution over ages, one of two labels, or one of several. */
  kind: "distribution" | "binary" | "categorical";
  /** The labels; none for a distribution. */
  labels: string[];
  /** Notice for users. An attribute with a notice is shown only on request. */
  notice: string;
  [further: string]: unknown;
}

/** Importance of the parts of the face for one estimate. */
export interface Importance {
  /** Grey PNG of the size of the aligned face, as a data: URL. Bright pixels count most. */
  map: string;
  /** The same by parts of the face. */
  shares: Shares;
}

/** One of several labels, such as the apparent gender presentation. */
export interface LabelEstimate {
  /** Always "label", for heads of the kinds binary and categorical. */
  kind: "label";
  /** The most probable label, or undetermined. */
  label: string;
  /** The label that is at least four times as likely as all others together, or null. */
  leaning: string | null;
  /** Probability of each label. */
  probabilities: Record<string, number>;
}

/** Limits of a request. */
export interface Limits {
  /** Maximum size of the body in bytes. */
  max_body_bytes: number;
  /** Maximum number of pixels of a picture. */
  max_pixels: number;
  /** Maximum number of pictures. */
  max_pictures: number;
}

/** The answer of `GET /v1/model`: the model's card and the limits of requests. */
export interface Model {
  /** Version of the card. */
  schema: number;
  /** The model's name. */
  name: string;
  /** The architecture. */
  network: string;
  /** Number of parameters. */
  parameters: number;
  /** Side of the aligned faces in pixels. */
  size: number;
  /** The predicted attributes. */
  heads: Head[];
  /** The pictures of the training. */
  data: Data[];
  /** Measured figures, by data set. */
  metrics: Record<string, unknown>;
  /** Terms for the use of the weights. */
  licence: string;
  /** Commit of the source code that exported the model. */
  commit: string;
  /** SHA-256 of the graph with its weights. */
  sha256: string;
  /** Share of the decided labels that shall be right, where a request does not say it. */
  certainty: number | "off";
  /** Limits of a request. */
  limits: Limits;
  [further: string]: unknown;
}

/** One picture and its faces, the largest first. */
export interface Picture {
  /** Version of this description. */
  schema: number;
  /** Name of the model. */
  model: string;
  /** Name of the picture in the input. */
  path: string;
  /** Width of the upright picture in pixels; null if it cannot be used. */
  width: number | null;
  /** Height of the upright picture in pixels; null if it cannot be used. */
  height: number | null;
  /** The faces, the largest first. */
  faces: Face[];
  /** Reason why the picture cannot be used; null if it can be used. */
  error: string | null;
  /** Stable code of the error. Only with an error. */
  code?: string;
}

/** Reason why a request cannot be answered (RFC 9457). */
export interface ProblemDetails {
  /** Always about:blank. */
  type: string;
  /** Kind of the problem. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** Stable code, for programs. */
  code: string;
  /** One sentence, for people. */
  detail: string;
}

/** Quality of the view of a face. */
export interface Quality {
  /** Shorter side of the box in pixels. */
  size: number;
  /** Sharpness, 0..1. 0: no detail is left. 1: the aligned face cannot be sharper. */
  sharpness: number;
  /** Frontality, 0..1. 0: profile. 1: turned to the camera. Null without landmarks. */
  frontality: number | null;
  /** Degrees by which the face is rotated clockwise in the picture, -180..180. Null without
    landmarks. */
  rotation: number | null;
  /** Difference of the face from the faces of the training, 0 and more. Of 100 real faces in clear
    views one is above 1; of small faces in photographs many are. Null if the model does not predict
    it. */
  novelty: number | null;
  /** Problems of the view. */
  hints: ("small" | "blurred" | "turned" | "rotated" | "unusual")[];
}

/** Share of each part of the face in the importance; they sum to 1, or are all 0. */
export interface Shares {
  forehead: number;
  eyes: number;
  nose: number;
  mouth: number;
  cheeks: number;
  chin: number;
}

/** The answer of `WS /v1/stream` for a frame. */
export interface StreamAnswer {
  /** Number of the frame, from 0 in the order in which frames came. */
  frame: number;
  /** When the frame came, in seconds since the first. */
  time: number;
  /** Width of the frame in pixels. */
  width: number;
  /** Height of the frame in pixels. */
  height: number;
  /** The people in the frame, by number. */
  faces: TrackedFace[];
  /** Notices of the shown attributes, by the attribute's name; only if there are any. */
  notices?: Record<string, string>;
  /** Analysed frames per second, as a moving average. */
  fps: number;
  /** Seconds from the receipt of the frame to its answer. */
  latency: number;
  /** Frames that were not analysed because a newer one had come. */
  dropped: number;
  /** The people seen so far, once a second at most; null in between. */
  summary: Summary | null;
}

/** The answer of `WS /v1/stream` for a frame or options that cannot be used. */
export interface StreamError {
  /** Number of the frame; only if the error is about a frame. */
  frame?: number;
  /** The error. */
  error: ErrorDetails;
}

/** Options of a stream: the text message that a client may send. */
export interface StreamOptions {
  /** The API key, if the service needs one and the connection came without. */
  key?: string;
  /** Answer with only so many people of a frame, the largest; null for all. */
  max_faces?: number | null;
  /** Also show these attributes, which have a notice. */
  attributes?: string[];
  /** Share of the decided labels that shall be right; off decides every label. */
  certainty?: number | "off";
}

/** The audience: the people seen since a stream began, or the faces of pictures. */
export interface Summary {
  /** Number of people or faces. */
  people: Expected;
  /** By age group; empty if the model does not predict the age. */
  by_group: Record<string, Expected>;
  /** By apparent gender presentation: female, male; empty if the model does not predict it. */
  by_gender: Record<string, Expected>;
}

/** A person in a frame of a video. */
export interface TrackedFace {
  /** Box around the face. */
  box: Box;
  /** Eyes, tip of the nose, corners of the mouth, the left one first; x and y in pixels. */
  landmarks: number[][] | null;
  /** Detection score, 0..1. */
  score: number;
  /** Number of the person in this video, from 1. */
  person_id: number;
  /** Time at which the person was first seen, in seconds. */
  since: number;
  /** Numbers that the person had before the person was recognised. */
  former_ids: number[];
  /** Quality of the last predicted view; null before the first one. */
  quality: Quality | null;
  /** An estimate for each attribute from all views, by its name; empty before the first view. */
  attributes: Record<string, AgeEstimate | LabelEstimate>;
}
