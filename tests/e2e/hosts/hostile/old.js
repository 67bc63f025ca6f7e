// Old libraries extend built-in prototypes.
Array.prototype.remove = function (item) { var at = this.indexOf(item); if (at >= 0) this.splice(at, 1); return this; };
Array.prototype.first = function () { return this[0]; };
// An enumerable property would break WebKit's driver.
Object.defineProperty(Object.prototype, 'extend', { configurable: true, writable: true, value: function (other) { for (var name in other) this[name] = other[name]; return this; } });
String.prototype.startsWith = function (start) { return this.lastIndexOf(start, 0) === 0; };
Element.prototype.hide = function () { this.style.display = 'none'; return this; };
Element.prototype.show = function () { this.style.display = ''; return this; };
Function.prototype.bind = (function (bind) { return function () { return bind.apply(this, arguments); }; })(Function.prototype.bind);
Number.prototype.pad = function () { return '0' + this; };
window.$ = window.jQuery = function (selector) { return [].slice.call(document.querySelectorAll(selector)); };
window.name = 'shop';
window.process = { env: {} };
window.exports = {};
window.module = { exports: window.exports };
window.define = function () {};
window.define.amd = {};
// Old pages handle every click that bubbles up to the document.
document.onclick = function (event) { window.clicked = (window.clicked || 0) + 1; return event.target.tagName !== 'FORM'; };
document.onkeypress = function () { return true; };
