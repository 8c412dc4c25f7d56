// What the page keeps in its tab. Read by the type checker alone; no browser loads this file.

import type { Document } from "./types";

/** A picture in this tab. */
export interface Entry {
  name: string;
  blob: Blob;
  url: string;
  sample: boolean;
  /** Whether the whole picture is taken for one face. */
  cropped: boolean;
  state: "waiting" | "busy" | "done" | "failed";
  /** The service's answer; it stays while the picture is analysed again. */
  document: Document | null;
  /** Code of what went wrong, see `api.js`. */
  problem: string | null;
}

/** What the user may choose of each answer. */
export interface Options {
  /** Share of labels that shall be right. */
  certainty: number | "off";
  /** Attributes to show although they have a notice. */
  attributes: string[];
}
