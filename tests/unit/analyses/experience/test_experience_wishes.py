"""Wishes in open answers are told from praise and from complaints, Korean and English."""

import pandas as pd
import pytest

from cerm_nb.analyses.experience import Params, unmet_needs
from cerm_nb.analyses.experience.wishes import wishes

PRAISE = """
직원 응대에 불편함이 없어 편하게 지냈습니다
나무랄 데 없었습니다 청소 상태 최고
부족함 없이 잘 쉬었습니다
부족한 점이 하나도 없었어요
문제가 전혀 없었습니다
흠잡을 데 없는 서비스
더할 나위 없이 좋았습니다
더 바랄 게 없습니다
아쉬울 것 없는 휴가였어요
아쉬운 점이 없었습니다
필요한 것이 모두 있었습니다
말이 필요 없는 최고의 호텔
손색이 없는 조식이었어요
다음에 또 왔으면 좋겠습니다
지금처럼 계속 유지해 주세요
창밖으로 바다를 바라보며 쉬었습니다
사우나가 시원해요
변함없이 친절합니다
번창하시길 바랍니다
잊을 수 없는 밤이었어요
the bed could not be better
more than happy with our stay
no need to change anything, staff perfect
nothing to complain about
couldn't ask for more
we couldn’t fault anything
what more could you want
everything we needed was there
they attended to our every need
we did not want to leave
we would love to come back
everyone should stay here once
staff were eager to please
please keep up the good work
i wish we could have stayed longer
wish you all the best
the room was more than enough for us
we could walk to the beach
breakfast was as it should be
nothing was missing
""".strip().splitlines()
COMPLAINTS = """
와이파이가 자주 끊겨 화상회의를 못 했습니다
체크인 줄이 길어 삼십 분을 기다렸습니다
옆방 소음 때문에 잠을 설쳤습니다
맛이 없었습니다
서비스가 형편없었어요
직원이 어이없게 굴었습니다
조식 메뉴가 며칠째 똑같았습니다
욕실이 더러웠습니다
the wifi in the room kept dropping
slow wifi, could not work
the check-in queue was too long
noise from the corridor at night
the pool was cold
we couldn't sleep because of the noise
the food was more expensive than expected
""".strip().splitlines()
ASKED = """
객실이 더 넓었으면 좋겠습니다
유아 놀이방이 없어 아쉬웠어요
늦은 체크아웃을 선택할 수 있으면 좋겠습니다
강아지와 함께 올 수 있게 해 주세요
놀이 프로그램을 바랍니다
반려동물 동반이 안 되어 아쉬웠어요
전기차 충전기가 필요합니다
셔틀버스가 있었으면 합니다
채식 메뉴를 늘려 주시면 감사하겠습니다
조용한 라운지를 원합니다
가습기가 없습니다
주차장 확대 부탁드립니다
직원은 친절했고 불편함이 없었지만 수영장이 더 컸으면 좋겠어요
와이파이가 느려요. 개선이 필요해요
i wish my dog could stay with us
a later check-out would help
a play area for children would be great
more variety at breakfast please
the gym needs new machines
we would like a vegan option
there should be a shuttle to the station
you could offer late check-out
it would be nice to have a kettle
please add charging points
great stay, nothing to fault, but we need a bigger desk
there was no gym
""".strip().splitlines()


def test_praise_complaints_and_wishes_are_told_apart():
    told = pd.Series([*PRAISE, *COMPLAINTS, *ASKED])
    asked = [False] * (len(PRAISE) + len(COMPLAINTS)) + [True] * len(ASKED)
    wrong = told[wishes(told) != asked].tolist()
    assert len(told) >= 40
    assert len(wrong) <= 0.05 * len(told), wrong


@pytest.mark.parametrize(
    "text", ["직원 응대에 불편함이 없어 편하게", "the bed could not be better, more than happy"]
)
def test_praise_by_denial_is_no_unmet_need(text):
    texts = [text] * 30 + ["수영장 락커 부족"] * 30 + ["주차 공간 협소"] * 30
    table = pd.DataFrame({"respondent": [f"r{at}" for at in range(90)], "text": texts})
    found = unmet_needs(table, Params())
    assert len(found.frame) == 3
    assert not found.frame["is_unmet"].any()
