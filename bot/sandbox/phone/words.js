// The page's own words, in both languages.
export const WORDS = {
  zh: {
    sandbox: "沙盒", rider: "骑手", "second rider": "骑手二", coordinator: "协调员", counsel: "律师", admin: "管理员",
    "private": "暖新机器人", start: "开始", block: "屏蔽", unblock: "解除屏蔽", message: "消息", send: "发送",
    menu: "命令菜单", attach: "附件", photo: "🖼 图片", document: "📄 文件", voice: "🎙 语音文件", location: "📍 位置",
    contact: "👤 我的联系方式", othersContact: "👥 别人的联系方式", sticker: "👍 贴纸", pickPlace: "选择位置",
    mapHint: "点按地图，或用方向键移动", latitude: "纬度", longitude: "经度", live: "实时位置（15 分钟）", cancel: "取消",
    sendPlace: "发送位置", movePlace: "移动到这里", move: "移动", edit: "编辑", remove: "删除", edited: "已编辑",
    liveOn: "实时位置", editing: "编辑消息", offline: "连接断开，正在重连…", badPlace: "坐标无效", log: "聊天记录",
    tooLarge: "文件不能发送（最大 20 MB）", empty: "还没有消息。按“开始”认识机器人。", blocked: "你已屏蔽机器人",
  },
  en: {
    sandbox: "sandbox", rider: "Rider", "second rider": "Rider 2", coordinator: "Coordinator", counsel: "Counsel", admin: "Admin",
    "private": "Nuanxin bot", start: "Start", block: "Block", unblock: "Unblock", message: "Message", send: "Send",
    menu: "Commands", attach: "Attach", photo: "🖼 Photo", document: "📄 Document", voice: "🎙 Voice file", location: "📍 Location",
    contact: "👤 My contact", othersContact: "👥 Somebody's contact", sticker: "👍 Sticker", pickPlace: "Pick a place",
    mapHint: "Tap the map, or use the arrow keys", latitude: "Latitude", longitude: "Longitude", live: "Live for 15 minutes", cancel: "Cancel",
    sendPlace: "Send location", movePlace: "Move here", move: "Move", edit: "Edit", remove: "Delete", edited: "edited",
    liveOn: "Live location", editing: "Editing", offline: "Connection lost, trying again…", badPlace: "These are no coordinates", log: "Chat",
    tooLarge: "This file can't be sent (20 MB at most)", empty: "Nothing here yet. Press Start to meet the bot.", blocked: "You blocked the bot",
  },
};
