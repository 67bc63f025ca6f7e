// The binary form of WebAssembly, as far as the build touches it.
const FUNCTION = 0, TABLE = 1, MEMORY = 2, GLOBAL = 3, TAG = 4;

/** Reads a section's bytes one field at a time. */
export class Reader {
  constructor(bytes, at = 0) { this.bytes = bytes; this.at = at; }
  byte() { return this.bytes[this.at++]; }
  number() {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  take(length) { return this.bytes.subarray(this.at, this.at += length); }
  text() { return Buffer.from(this.take(this.number())).toString('utf8'); }
  limits() { const flags = this.byte(); this.number(); if (flags & 1) this.number(); }
  /** Skips what an import is, and hands it back as it was. */
  kind() {
    const start = this.at;
    switch (this.byte()) {
      case FUNCTION: this.number(); break;
      case TABLE: this.byte(); this.limits(); break;
      case MEMORY: this.limits(); break;
      case GLOBAL: this.byte(); this.byte(); break;
      case TAG: this.byte(); this.number(); break;
      default: throw new Error('wasm: an import of a kind that is not known here');
    }
    return this.bytes.subarray(start, this.at);
  }
}

export function number(value) {
  const bytes = [];
  do { bytes.push((value & 127) | (value > 127 ? 128 : 0)); value >>>= 7; } while (value);
  return Buffer.from(bytes);
}
export const sized = (bytes) => Buffer.concat([number(bytes.length), bytes]);
export const text = (value) => sized(Buffer.from(value));
