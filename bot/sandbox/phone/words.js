// The page's own words, in both languages.
import { store } from "/phone/dom.js";

const WORDS = {
  zh: {
    sandbox: "沙盒", rider: "骑手", "second rider": "骑手二", coordinator: "协调员", counsel: "律师", "second counsel": "咨询师", admin: "管理员",
    "private": "暖新机器人", start: "开始", block: "屏蔽", unblock: "解除屏蔽", message: "消息", send: "发送",
    menu: "命令菜单", attach: "附件", photo: "🖼 图片", document: "📄 文件", voice: "🎙 语音文件", location: "📍 位置",
    contact: "👤 我的联系方式", othersContact: "👥 别人的联系方式", sticker: "👍 贴纸", inline: "🔎 在这里搜索机器人", pickPlace: "选择位置",
    mapHint: "点按地图，或用方向键移动", latitude: "纬度", longitude: "经度", live: "实时位置（15 分钟）", cancel: "取消",
    sendPlace: "发送位置", movePlace: "移动到这里", move: "移动", edit: "编辑", remove: "删除", edited: "已编辑", more: "更多操作",
    liveOn: "实时位置", editing: "编辑消息", offline: "连接断开，正在重连…", badPlace: "坐标无效", log: "聊天记录", people: "换一部手机",
    tooLarge: "文件不能发送（最大 20 MB）", empty: "还没有消息。按“开始”认识机器人。", close: "关闭", done: "完成",
    reply: "↩ 回复", forward: "↪ 转发到", copy: "📋 复制文字", copied: "已复制：", forwarded: "转发自", pinned: "置顶消息", pinnedNotice: "机器人置顶了一条消息",
    usersShared: "选择了", pickPeople: "选择联系人", protected: "受保护：不能转发或复制", silent: "静音消息", via: "通过", zoom: "放大图片",
    scan: "📷 扫码", whoScans: "谁来扫这个码？", noCode: "图片里没有可读的二维码", unread: "条未读", newBelow: "条新消息", toEnd: "回到最新消息",
    expand: "展开", fold: "收起", typing: "正在输入…", upload_photo: "正在发送图片…", upload_document: "正在发送文件…", busy: "正在处理…",
    clock: "沙盒时钟", clockHint: "机器人的时钟只在沙盒里可以往前拨：提醒、候补名额、免打扰时段和数据保留期都会跟着走。", quarter: "+15 分钟", hour: "+1 小时", day: "+1 天",
    goTo: "拨到", noResults: "没有结果", tryFirst: "先试试这些", afresh: "从头开始", afreshSure: "删除沙盒里的全部聊天和数据，从头开始？此操作无法撤销。",
  },
  en: {
    sandbox: "sandbox", rider: "Rider", "second rider": "Rider 2", coordinator: "Coordinator", counsel: "Counsel", "second counsel": "Counsel 2", admin: "Admin",
    "private": "Nuanxin bot", start: "Start", block: "Block", unblock: "Unblock", message: "Message", send: "Send",
    menu: "Commands", attach: "Attach", photo: "🖼 Photo", document: "📄 Document", voice: "🎙 Voice file", location: "📍 Location",
    contact: "👤 My contact", othersContact: "👥 Somebody's contact", sticker: "👍 Sticker", inline: "🔎 Search with the bot here", pickPlace: "Pick a place",
    mapHint: "Tap the map, or use the arrow keys", latitude: "Latitude", longitude: "Longitude", live: "Live for 15 minutes", cancel: "Cancel",
    sendPlace: "Send location", movePlace: "Move here", move: "Move", edit: "Edit", remove: "Delete", edited: "edited", more: "More",
    liveOn: "Live location", editing: "Editing", offline: "Connection lost, trying again…", badPlace: "These are not coordinates", log: "Chat", people: "Switch phones",
    tooLarge: "This file can't be sent (20 MB at most)", empty: "Nothing here yet. Press Start to meet the bot.", close: "Close", done: "Done",
    reply: "↩ Reply", forward: "↪ Forward to", copy: "📋 Copy text", copied: "Copied: ", forwarded: "Forwarded from", pinned: "Pinned message", pinnedNotice: "The bot pinned a message",
    usersShared: "Chose", pickPeople: "Choose people", protected: "Protected: can't be forwarded or copied", silent: "Sent silently", via: "via", zoom: "Enlarge picture",
    scan: "📷 Scan code", whoScans: "Who scans this code?", noCode: "There is no readable code in this picture", unread: "unread", newBelow: "new", toEnd: "Go to the newest message",
    expand: "Show more", fold: "Show less", typing: "typing…", upload_photo: "sending a picture…", upload_document: "sending a file…", busy: "working…",
    clock: "Sandbox clock", clockHint: "In the sandbox, the bot's clock can be moved on: reminders, offered places, quiet hours and retention follow.", quarter: "+15 min", hour: "+1 hour", day: "+1 day",
    goTo: "Go to", noResults: "No results", tryFirst: "Try this first", afresh: "Start afresh", afreshSure: "Remove all chats and data of the sandbox, and start afresh? This can't be undone.",
  },
};

const STEPS = {
  zh: [
    "骑手小李：按“开始”，再按 📍 最近的驿站，在地图上选一个位置发送。",
    "报名一个活动（/activities），把时钟拨快一天，看提醒到达。",
    "用 /legal 提交一个案件，换到陈律师的手机（看未读标记）接手并回复。",
    "用 /join 申请入会，换到周协调，发 /reviews 审核。",
    "周协调：发 /broadcast 群发通知，骑手的手机马上收到。",
    "赵主管：发 /stats 看演示数据，发 /settings 改设置。",
    "按左下角的“地图”打开驿站地图；换到周协调，发 /console，在浏览器中批量审核。",
    "宽屏有两部手机：签到码、会员卡可以点开图片，让另一部手机扫。",
  ],
  en: [
    "As the rider 小李: press Start, then 📍 Nearest station, and send a place on the map.",
    "Sign up for an activity (/activities), move the clock on by a day, and see the reminder arrive.",
    "Send a case with /legal, then switch to the counsel 陈律师 (see the unread mark), take it and reply.",
    "Apply for membership with /join, then switch to the coordinator 周协调 and review it with /reviews.",
    "As the coordinator: send a /broadcast, and the riders' phones get it at once.",
    "As the admin 赵主管: see the demo figures in /stats, and change something in /settings.",
    "Press “地图” at the lower left for the map of stations; as the coordinator, send /console and review applications in the browser.",
    "A wide screen shows two phones: open a check-in code or a membership card, and let the other phone scan it.",
  ],
};

const state = { language: store.getItem("language") || "zh" };
export const language = () => state.language;
export const locale = () => (state.language === "zh" ? "zh-CN" : "en-GB");
export const word = (name) => WORDS[state.language][name] || name;
export const steps = () => STEPS[state.language];
export function speak(code) { state.language = code; store.setItem("language", code); }
