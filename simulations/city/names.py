"""Invented names in Chinese and English. Nothing here names a real place."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np


class Name(NamedTuple):
    zh: str
    en: str


DISTRICT = Name("一网示范区", "Yiwang Demo District")

_FIRST = (
    "青Qing 明Ming 云Yun 锦Jin 春Chun 华Hua 文Wen 德De 安An 永Yong 兴Xing 福Fu 康Kang 和He 瑞Rui 玉Yu 翠Cui 香Xiang "
    "桃Tao 柳Liu 梅Mei 竹Zhu 松Song 兰Lan 枫Feng 桂Gui 鹤He 燕Yan 石Shi 清Qing 澄Cheng 望Wang 朝Chao 映Ying 东Dong "
    "长Chang 金Jin 广Guang 嘉Jia 新Xin 仁Ren 崇Chong 景Jing 星Xing 梧Wu 杏Xing 柏Bai 银Yin 天Tian 双Shuang 百Bai"
)
_SECOND = (
    "园yuan 溪xi 桥qiao 塘tang 渡du 泽ze 源yuan 丰feng 祥xiang 宁ning 乐le 远yuan 泰tai 景jing 林lin 坊fang 浜bang "
    "泾jing 湾wan 汀ting 亭ting 阳yang 晖hui 月yue 霞xia 秀xiu 盛sheng 庆qing 昌chang 涛tao 墩dun 河he 井jing 岸an"
)
# Great roads carry names that a reader can tell apart on the map; (zh, en) without the type of road.
MAIN_ROADS = [
    Name(*pair.split("/"))
    for pair in (
        "人民/Renmin 解放/Jiefang 中山/Zhongshan 建设/Jianshe 和平/Heping 学府/University 科创/Innovation 湖滨/Lakeside "
        "钟楼/Bell Tower 凤翔/Fengxiang 望山/Wangshan 锡澜/Xilan 通江/Tongjiang 金融/Finance 文昌/Wenchang 体育/Stadium "
        "吴韵/Wuyun 太平/Taiping 兴业/Xingye 高新/High-Tech 长江/Yangtze 梁溪湾/Liangxi Bay 惠河/Huihe 青祁湾/Qingqi Bay "
        "迎宾/Yingbin 会展/Expo 振兴/Zhenxing 观山/Guanshan 清扬湾/Qingyang Bay 永乐湖/Yongle Lake 广益桥/Guangyi Bridge "
        "江海湾/Jianghai Bay 盛岸河/Sheng'an 锦江/Jinjiang 春申/Chunshen 五湖/Wuhu 滨澜/Binlan 华夏/Huaxia 友谊/Youyi "
        "团结/Tuanjie 胜利/Shengli 光明/Guangming 北塘/Beitang 南禅/Nanchan 东亭/Dongting 西园/Xiyuan"
    ).replace(" Tower", "_Tower").replace(" Bay", "_Bay").replace(" Lake", "_Lake").replace(" Bridge", "_Bridge").split()
]
