// The sandbox's time: the machine's and what it was moved on by, in the organisation's zone.
import { locale } from "/phone/words.js";

const clock = { ahead: 0, zone: "Asia/Shanghai" };

export function setTime({ ahead, zone }) { Object.assign(clock, { ahead, zone }); }
export const zone = () => clock.zone;
export const isAhead = () => clock.ahead > 0;
export const now = () => Date.now() / 1000 + clock.ahead;

const shown = (seconds, style) => new Date(seconds * 1000).toLocaleString(locale(), { timeZone: clock.zone, ...style });
export const hourOf = (seconds) => shown(seconds, { hour: "2-digit", minute: "2-digit" });
export const dayOf = (seconds) => shown(seconds, { month: "long", day: "numeric", weekday: "long" });
export const momentOf = (seconds) => shown(seconds, { month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" });

// As an input of the kind datetime-local has it.
export const localOf = (seconds) => new Date(seconds * 1000).toLocaleString("sv-SE", { timeZone: clock.zone }).slice(0, 16).replace(" ", "T");
