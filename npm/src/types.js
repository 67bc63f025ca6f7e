// The entries of frameworks have types and nothing else.
export {};
