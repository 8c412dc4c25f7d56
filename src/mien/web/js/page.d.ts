// Types of what the page keeps in its tab, for the type checker only; no browser loads this file.

import type { Document } from "./types";

/** A picture in this tab. */
export interface Entry {
  name: string;
  blob: Blob;
  url: string;
  sample: boolean;
  /** Whether the whole picture is analysed as one face. */
  cropped: boolean;
  state: "waiting" | "busy" | "done" | "failed";
  /** The service's answer; it stays while the picture is analysed again. */
  document: Document | null;
  /** Code of the problem, see `api.js`; null if there is none. */
  problem: string | null;
}

/** Options of the user for each answer. */
export interface Options {
  /** Wanted share of right labels among the decided ones, 0..1; "off" decides every label. */
  certainty?: number | "off";
  /** Attributes to show although they have a notice. */
  attributes: string[];
}
