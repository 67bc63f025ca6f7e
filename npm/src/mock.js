// A stand-in of window.snap for the tests of shops: no network, no DOM. (being written)
export {};
