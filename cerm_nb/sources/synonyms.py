"""How clients call the columns of the client tables, in Korean and English."""

from __future__ import annotations

import re

# Canonical column → names in lower case without blanks and signs, the most telling first. A key with a table
# before it holds for that table alone.
_NAMES = {
    "customer_id": """
        customerid custid custno customerno customernumber clientid clientno memberid memberno userid
        customer cust client member user 고객번호 고객id 고객코드 회원번호 회원id 회원코드 고객 회원""",
    "order_id": """
        orderid orderno ordernumber invoiceno invoiceid invoice receiptno receipt order bookingid
        reservationid 주문번호 전표번호 영수증번호 결제번호 거래번호 예약번호 청구번호""",
    "transactions.date": """
        date orderdate invoicedate purchasedate transactiondate paymentdate salesdate day timestamp
        datetime 결제일 결제일자 결제일시 구매일 구매일자 구매일시 주문일 주문일자 주문일시 거래일
        거래일자 매출일 매출일자 일자 날짜 일시""",
    "date": """
        date day contactdate calldate visitdate timestamp datetime 접촉일 접촉일자 상담일 상담일자
        상담일시 통화일시 방문일 방문일자 문의일 일자 날짜 일시""",
    "amount": """
        amount totalamount revenue sales total netamount paid payment value money dollars 결제금액
        구매금액 주문금액 매출금액 매출액 거래금액 금액 매출 총액 합계 price unitprice 단가 판매단가""",
    "record_id": "recordid id rowid no seq recno 레코드번호 레코드id 번호 일련번호 순번 no",
    "other_id": """
        cardno cardnumber loyaltyid loyaltycard pointcard membershipno 카드번호 멤버십번호 포인트카드
        통합회원번호""",
    "customers.name": "name fullname customername 이름 성명 고객명 회원명 성함",
    "name": "name title 이름 명칭 제목",
    "family_name": "familyname lastname surname lname 성 성씨",
    "given_name": "givenname firstname forename fname 이름",
    "birth_date": "birthdate dateofbirth dob birthday birth 생년월일 생일 출생일 생일자",
    "gender": "gender sex 성별",
    "phone": """
        mobile phone mobilephone cellphone cell mobileno phoneno phonenumber telephone tel hp 휴대폰
        휴대폰번호 휴대전화 휴대전화번호 핸드폰 핸드폰번호 전화 전화번호 연락처""",
    "email": "email emailaddress mail e메일 이메일 이메일주소 메일 메일주소 전자우편",
    "address": "address street addr streetaddress 주소 도로명주소 상세주소",
    "city": "city town suburb 도시 시군구 시 거주지",
    "postcode": "postcode zip zipcode postalcode 우편번호",
    "updated": """
        updated updatedat lastupdated modified modifiedat changed 수정일 수정일자 갱신일 변경일 최종수정일
        수정일시""",
    "acquired_by": """
        acquiredby acquisition acquisitionchannel signupchannel referrer 가입경로 유입경로 유입채널""",
    "acquired_on": """
        acquiredon signupdate joindate registered registrationdate createdat created 가입일 가입일자
        가입일시 등록일 등록일자""",
    "contact_id": "contactid callid ticketid 상담번호 접촉번호 접수번호 문의번호 id",
    "touchpoint": "touchpoint 접점 고객접점 터치포인트",
    "channel": "channel channelid 채널 경로 매체",
    "reason": "reason category topic subject 사유 문의유형 상담유형 상담분류 분류",
    "activity": "activity activityid campaign event 활동 행사 이벤트 캠페인",
    "text": "text comment comments memo note content description 내용 상담내용 문의내용 메모 의견 비고",
    "kind": "kind type category 종류 유형 구분",
    "start": "start startdate from begin 시작일 시작일자 시작",
    "end": "end enddate to until 종료일 종료일자 종료",
    "cost": "cost costs spend budget expense 비용 집행비용 원가 예산",
    "reached": "reached reach impressions 도달 도달수 도달인원 발송수",
    "question": "question questionid item 질문 문항 설문항목",
    "answer": "answer score response rating 답 응답 답변 점수",
    "dimension": "dimension area 차원 영역",
    "respondent": "respondent respondentid responseid participant 응답자 응답자번호 응답자id 응답번호",
    "wave": "wave round 차수 회차 조사차수",
    "brand": "brand company hotel 브랜드 업체 회사",
    "stage": "stage phase 단계",
    "attribute": "attribute item 속성 항목",
    "measure": "measure metric 측정 측정항목 척도",
    "nature": "nature 성격",
    "status": "status 상태",
    "value": "value score rating answer response 값 점수 평점 응답 응답값",
    "weight": "weight 가중치",
    "age_group": "agegroup ageband age 연령대 연령 나이",
    "region": "region country nationality area 지역 국가 국적",
    "purpose": "purpose 목적 방문목적 이용목적",
    "first_time": "firsttime isnew 첫방문 신규여부",
    "campaign": "campaign campaignid 캠페인 캠페인번호",
    "offer": "offer offerid product 오퍼 혜택 상품",
    "price": "price 가격 판매가",
    "margin": "margin profit 마진 이익",
    "capacity": "capacity limit 한도 수용량",
    "arm": "arm group treatment 집단 그룹 실험군",
    "assigned_on": "assignedon assigned assignmentdate 배정일",
    "contacted": "contacted sent 접촉여부 발송여부",
    "responded": "responded response converted 반응 반응여부 응답여부",
    "spend": "spend spent amount 지출 구매액 금액",
    "segment": "segment 세그먼트 고객군",
    "indicator": "indicator kpi metric 지표 지표명",
    "period": "period month date 기간 월 기준월",
    "target": "target goal 목표 목표값",
    "baseline": "baseline 기준값",
    "owner": "owner responsible 담당 담당자 책임자",
    "unit": "unit 단위",
}


_UNIT_PRICES = frozenset({"price", "unitprice", "단가", "판매단가"})
_QUANTITIES = frozenset({"quantity", "qty", "수량", "구매수량", "주문수량", "판매수량"})


def synonyms(table: str, column: str) -> list[str]:
    """List how clients call a column of a client table, the most telling name first."""
    known = _NAMES.get(f"{table}.{column}", _NAMES.get(column, ""))
    return list(dict.fromkeys([plain(column), *known.split()]))


def is_known_elsewhere(name: str, column: str) -> bool:
    """Whether clients call another canonical column so, in any table."""
    keys = [key for key in _NAMES if key.rpartition(".")[2] != column]
    return any(plain(name) in synonyms("", key) for key in keys)


def is_unit_price(name: str) -> bool:
    """Whether a name tells the price of one piece, which a quantity multiplies."""
    return plain(name) in _UNIT_PRICES


def is_quantity(name: str) -> bool:
    """Whether a name tells a number of pieces."""
    return plain(name) in _QUANTITIES


def plain(name: str) -> str:
    """Take blanks, signs and the case out of a name, and a number at its end.

    Examples
    --------
    >>> plain("Cust_No")
    'custno'
    """
    return re.sub(r"(?<=\D)\d+$", "", re.sub(r"[\W_]+", "", name).lower())
