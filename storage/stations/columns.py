"""The columns of a list of stations, by the names that people give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage.sheets.columns import Columns

PLACE = "place"
"""Latitude and longitude in one cell."""

_NAMES: Mapping[str, str] = {
    "id": "id code no number stationid stationcode 编号 编码 代码 序号 站点编号 驿站编号 站点编码 驿站编码 站点id",
    "name": "name title station stationname 名称 名字 站名 站点 驿站 站点名称 驿站名称 驿站名 站点名 "
    "服务站名称 网点名称",
    "address": "address 地址 详细地址 驿站地址 站点地址 所在地址 具体地址 位置 所在位置 具体位置",
    "latitude": "latitude lat y 纬度 纬度坐标 北纬",
    "longitude": "longitude lng lon long x 经度 经度坐标 东经",
    PLACE: "place latlng latlon latlong latitudelongitude lnglat lonlat coordinates coordinate location gps gps坐标 "
    "经纬度 纬经度 坐标 坐标点 经纬度坐标 经度纬度 纬度经度 地理坐标 定位",
    "opening_hours": "openinghours hours openhours openingtimes openingtime businesshours 营业时间 开放时间 服务时间 "
    "开门时间 运营时间 时间",
    "amenities": "amenities amenity facilities services 设施 服务设施 配套设施 设施设备 服务 服务项目 服务内容 "
    "服务功能 功能",
    "phone": "phone tel telephone phonenumber mobile contact 电话 联系电话 联系方式 电话号码 手机 手机号 手机号码 "
    "服务电话 咨询电话",
    "note": "note notes remark remarks comment comments 备注 说明 注释 其他说明",
}


def _missing(columns: Sequence[str]) -> list[str]:
    """What a list can't do without."""
    needed = ["id", "name"] if PLACE in columns else ["id", "name", "latitude", "longitude"]
    return [column for column in needed if column not in columns]


STATIONS = Columns(_NAMES, _missing)
