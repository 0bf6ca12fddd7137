// What Telegram's apps and a page inside of them tell each other: https://core.telegram.org/api/web-events
const proxy = window.TelegramWebviewProxy, listeners = new Map();

// The app's own parameters stand behind the fragment sign; a reload may have lost them, so they are kept for this tab.
function startParams() {
  const found = new URLSearchParams(location.hash.slice(1));
  if (found.has("tgWebAppData")) sessionStorage.setItem("telegram", location.hash.slice(1));
  return found.has("tgWebAppData") ? found : new URLSearchParams(sessionStorage.getItem("telegram") ?? "");
}
const params = startParams();
export const initData = params.get("tgWebAppData") ?? "";

export function tell(type, data = {}) {
  if (proxy) proxy.postEvent(type, JSON.stringify(data));
  else if (window.parent !== window) window.parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
}
export function on(type, listen) { listeners.set(type, listen); }
function hear(type, data) { listeners.get(type)?.(data); }

window.Telegram = { WebView: { receiveEvent: hear } };
window.TelegramGameProxy = { receiveEvent: hear };
window.addEventListener("message", (event) => {
  if (event.source !== window.parent || typeof event.data !== "string") return;
  try { const { eventType, eventData } = JSON.parse(event.data); hear(eventType, eventData); } catch { /* not Telegram's */ }
});

// Telegram's colours are anybody's; ours keep their contrast, so only light or dark is taken over.
function isDark(colour) {
  const [red, green, blue] = (/^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour) ?? []).slice(1).map((part) => parseInt(part, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
function wear(theme) { if (theme?.bg_color) document.documentElement.dataset.theme = isDark(theme.bg_color) ? "dark" : "light"; }
try { wear(JSON.parse(params.get("tgWebAppThemeParams") ?? "{}")); } catch { /* the system's colours stay */ }
on("theme_changed", (data) => wear(data?.theme_params));

export function begin() { tell("web_app_ready"); tell("web_app_expand"); }
export function swipes(allowed) { tell("web_app_setup_swipe_behavior", { allow_vertical_swipe: allowed }); }
export function openLink(url) {
  if (!proxy && window.parent === window) return false;
  const { hostname, pathname, search } = new URL(url);
  if (hostname === "t.me") tell("web_app_open_tg_link", { path_full: pathname + search });
  else tell("web_app_open_link", { url });
  return true;
}
