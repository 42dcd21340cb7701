"""Invented names in Chinese and English. Nothing here names a real place."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np


class Name(NamedTuple):
    zh: str
    en: str


def _pairs(text: str) -> list[Name]:
    """`"人民 Renmin, 湖滨 Lakeside"` as names."""
    return [Name(*part.strip().split(" ", 1)) for part in text.split(",")]


DISTRICT = Name("一网示范区", "Yiwang Demo District")
NO_NAME = Name("", "")

RIVER = Name("澄澜江", "Chenglan River")
CANAL = Name("古运河", "Old Canal")
MOAT = Name("环城河", "City Moat")
LAKE = Name("月澜湖", "Yuelan Lake")
CREEKS = _pairs(
    "青祁浜 Qingqi Creek, 梧桐河 Wutong Creek, 杨溪 Yangxi Creek, 芦村浜 Lucun Creek, 小桥浜 Xiaoqiao Creek"
)

STREETS = _pairs(
    "古城 Gucheng, 滨江 Binjiang, 运河 Yunhe, 新城 Xincheng, 月湖 Yuehu, "
    "学府 Xuefu, 梧桐 Wutong, 兴业 Xingye, 望山 Wangshan"
)
# Great roads carry names that a reader can tell apart on the map; the type of road is added later.
MAIN_ROADS = _pairs(
    "解放 Jiefang, 建设 Jianshe, 和平 Heping, 钟楼 Bell Tower, 凤翔 Fengxiang, 望山 Wangshan, 通江 Tongjiang, "
    "金融 Finance, 文昌 Wenchang, 体育 Stadium, 太平 Taiping, 兴业 Xingye, 高新 High-Tech, 迎宾 Yingbin, 会展 Expo, "
    "振兴 Zhenxing, 观山 Guanshan, 锦江 Jinjiang, 春申 Chunshen, 友谊 Friendship, 团结 Unity, 胜利 Victory, "
    "光明 Guangming, 北塘 Beitang, 南禅 Nanchan, 西园 West Garden, 科创 Innovation, 青年 Youth, 朝阳 Chaoyang, "
    "长江 Yangtze, 吴韵 Wuyun, 盛岸 Sheng'an, 五星 Five Star, 红旗 Red Flag, 新民 Xinmin, 民丰 Minfeng, 学府 University"
)
PARKS = _pairs(
    "中心公园 Central Park, 澄澜湿地公园 Chenglan Wetland Park, 锡秀公园 Xixiu Park, 梅园 Plum Garden, "
    "运河公园 Canal Park, 体育公园 Sports Park, 儿童公园 Children's Park, 桂花公园 Osmanthus Park, "
    "望山森林公园 Wangshan Forest Park, 人民公园 People's Park, 荷塘公园 Lotus Pond Park, 科技公园 Technology Park, "
    "樱花公园 Cherry Blossom Park, 竹海公园 Bamboo Park, 滨江公园 Riverside Park, 古城墙公园 City Wall Park, "
    "梧桐公园 Wutong Park, 春申公园 Chunshen Park, 青祁公园 Qingqi Park, 和平公园 Peace Park, "
    "枫林公园 Maple Grove Park, 金匮公园 Jingui Park, 新城公园 New Town Park, 兴业公园 Xingye Park, "
    "五里公园 Wuli Park, 红豆公园 Red Bean Park, 松鹤公园 Songhe Park, 东亭公园 Dongting Park"
)
CAMPUS = Name("江澜大学", "Jianglan University")
SCENIC = Name("月澜湖风景区", "Yuelan Lake Scenic Area")
EVENT = Name("新城会展中心广场", "New Town Fairground")
SITES = _pairs("轨道交通2号线会展站工地 Metro Line 2 Expo Station Site, 新城金融中心工地 New Town Finance Centre Site")
SCHOOL_TYPES = _pairs(
    "小学 Primary School, 实验小学 Experimental Primary School, 中学 Middle School, 高级中学 High School"
)
ESTATE_TYPES = _pairs("花园 Garden, 新村 New Village, 苑 Court, 家园 Homes, 名邸 Mansion, 华庭 Terrace, 雅居 Residence")

_FIRST = (
    "青Qing 明Ming 云Yun 锦Jin 春Chun 华Hua 文Wen 德De 安An 永Yong 兴Xing 福Fu 康Kang 和He 瑞Rui 玉Yu 翠Cui 香Xiang "
    "桃Tao 柳Liu 梅Mei 竹Zhu 松Song 兰Lan 枫Feng 桂Gui 鹤He 燕Yan 石Shi 清Qing 澄Cheng 望Wang 朝Chao 映Ying 东Dong "
    "长Chang 金Jin 广Guang 嘉Jia 新Xin 仁Ren 崇Chong 景Jing 星Xing 梧Wu 杏Xing 柏Bai 银Yin 天Tian 双Shuang 百Bai"
)
_SECOND = (
    "园yuan 溪xi 桥qiao 塘tang 渡du 泽ze 源yuan 丰feng 祥xiang 宁ning 乐le 远yuan 泰tai 景jing 林lin 坊fang 浜bang "
    "泾jing 湾wan 汀ting 亭ting 阳yang 晖hui 月yue 霞xia 秀xiu 盛sheng 庆qing 昌chang 涛tao 墩dun 河he 井jing 岸an"
)


Inventions = Iterator[Name]


def inventions(rng: np.random.Generator) -> Inventions:
    """Two-character place names in random order, unique in both languages (about 1,500)."""
    seen: set[str] = set()
    first, second = _FIRST.split(), _SECOND.split()
    for number in rng.permutation(len(first) * len(second)):
        a, b = first[number // len(second)], second[number % len(second)]
        name = Name(a[0] + b[0], a[1:] + b[1:])
        if name.en not in seen and a[0] != b[0]:
            seen.add(name.en)
            yield name
