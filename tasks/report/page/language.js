"use strict";
// The language of a page: the one that a person chose, or else the browser's.
const root = document.documentElement;
const inChinese = () => root.lang.startsWith("zh");
const stored = () => { try { return localStorage.getItem("servegauge-language"); } catch { return null; } };
root.lang = stored() ?? (navigator.language.startsWith("zh") ? "zh-CN" : "en");

function switchLanguage() {
  root.lang = inChinese() ? "en" : "zh-CN";
  try { localStorage.setItem("servegauge-language", root.lang); } catch { /* a page without storage begins anew */ }
}
