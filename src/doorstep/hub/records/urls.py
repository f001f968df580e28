"""The addresses of records: presence, hours, certificates, the ledger, what looks odd, and records on the way in and out."""

from django.urls import URLPattern, path

from .views import amending, batches, certificates, checking, desk, heads, ledger, own_data, record
from .views import columns as mapping
from .views import hours as working
from .views import moving as travelling
from .views import presence as here
from .views import rules as ruling
from .views import stars as shining
from .views import watch as watching
from .views import yearly as reporting

app_name = "records"
#: Coming and leaving.
presence: list[URLPattern] = [
    path("here/kept/", here.kept, name="kept"),
    path("here/at/<uuid:slot_id>/<str:code>/", here.at, name="at"),
    path("here/stand/<uuid:slot_id>/", here.at, name="stand_at"),
    path("here/<uuid:offer_id>/", here.here, name="here"),
    path("here/<uuid:offer_id>/near/", here.near, name="near"),
    path("presence/", desk.desk, name="presence"),
    path("presence/sheet/", desk.sheet, name="sheet"),
    path("presence/sheet/back/", desk.sheet_back, name="sheet_back"),
    path("presence/line/", desk.line, name="find_line"),
    path("presence/line/<str:code>/", desk.line, name="line"),
    path("presence/<uuid:slot_id>/code/", desk.code, name="code"),
    path("presence/<uuid:slot_id>/stand/", desk.stand, name="stand"),
    path("presence/<uuid:slot_id>/roll/", desk.roll, name="roll"),
    path("presence/<uuid:slot_id>/caller/", desk.caller, name="caller"),
    path("presence/offers/<uuid:offer_id>/<str:verb>/", desk.say, name="say"),
]
#: Hours, corrections, the record of a volunteer.
hours: list[URLPattern] = [
    path("record/", record.mine, name="mine"),
    path("record/right/", record.verify, name="verify"),
    path("record/read/", record.read_news, name="read_news"),
    path("record/<uuid:hours_id>/wrong/", record.dispute, name="dispute"),
    path("record/items/<str:key>/<uuid:item_id>/", amending.item, name="item"),
    path("record/items/<str:key>/<uuid:item_id>/wrong/", amending.item_wrong, name="item_wrong"),
    path("record/items/<str:key>/<uuid:item_id>/correct/", amending.item_correct, name="item_correct"),
    path("record/items/<str:key>/<uuid:item_id>/answer/", amending.item_answer, name="item_answer"),
    path("record/amendments/<uuid:amendment_id>/<str:said>/", amending.decide_item, name="decide_item"),
    path("record/of/<uuid:person_id>/", working.of_person, name="of_person"),
    path("record/of/<uuid:person_id>/award/", working.award, name="award"),
    path("record/of/<uuid:person_id>/evaluate/", working.evaluate, name="evaluate"),
    path("record/stars/", shining.stars, name="stars"),
    path("record/stars/<uuid:star_id>/", shining.star, name="star"),
    path("record/stars/objections/<uuid:objection_id>/<str:said>/", shining.objection, name="objection"),
    path("hours/", working.hours, name="hours"),
    path("hours/approve/", working.approve, name="approve"),
    path("hours/fill-in/", working.fill_in, name="fill_in"),
    path("hours/training/", working.train, name="train"),
    path("hours/rules/", ruling.rules, name="rules"),
    path("hours/rules/new/", ruling.new_rules, name="new_rules"),
    path("hours/rules/stars/", ruling.new_stars, name="new_stars"),
    path("hours/rules/year/", ruling.year, name="year"),
    path("hours/rules/<str:which>.json", ruling.rules_file, name="rules_file"),
    path("hours/corrections/<uuid:correction_id>/<str:said>/", working.decide, name="decide_correction"),
    path("hours/<uuid:hours_id>/", working.one, name="one"),
    path("hours/<uuid:hours_id>/correct/", working.correct, name="correct"),
    path("hours/<uuid:hours_id>/say/<str:said>/", working.settle, name="settle"),
]
#: Certificates, their public check, heads and keys.
proofs: list[URLPattern] = [
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/head.txt", ledger.head_text, name="head_text"),
    path("ledger/heads.txt", ledger.heads_text, name="heads_text"),
    path("ledger/since/", heads.since, name="since"),
    path("ledger/since/<str:old>/<str:new>.json", heads.since_file, name="since_file"),
    path("ledger/keys.txt", ledger.keys_text, name="keys_text"),
    path("ledger/keys.json", ledger.keys_json, name="keys_json"),
    path("ledger/status/<int:number>.jwt", ledger.status_list, name="status_list"),
    path("ledger/log.jsonl", ledger.whole_log, name="whole_log"),
    path("hours/<uuid:hours_id>/receipt/", ledger.receipt, name="receipt"),
    path("check/", checking.check, name="check"),
    path("check/<str:number>/", checking.checked, name="checked"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/together.pdf", certificates.together, name="certificates_together"),
    path("certificates/desk/", certificates.desk, name="certificate_desk"),
    path("certificates/for/<uuid:person_id>/", certificates.issue_for, name="issue_for"),
    path("certificates/seal/", certificates.seal, name="seal"),
    path("certificates/seal/<uuid:place_id>.png", certificates.seal_picture, name="seal_picture"),
    path("certificates/batches/new/", batches.new_batch, name="new_batch"),
    path("certificates/batches/<uuid:batch_id>/", batches.batch, name="batch"),
    path("certificates/batches/<uuid:batch_id>/asked/", batches.asked, name="batch_asked"),
    path("certificates/batches/<uuid:batch_id>/papers.zip", batches.papers, name="papers"),
    path("certificates/batches/<uuid:batch_id>/<str:do>/", batches.act_on_batch, name="act_on_batch"),
    path("certificates/members/<uuid:member_id>/", batches.note, name="note_answer"),
    path("certificates/<uuid:certificate_id>/", certificates.certificate, name="certificate"),
    path("certificates/<uuid:certificate_id>/certificate.pdf", certificates.paper, name="certificate_paper"),
    path("certificates/<uuid:certificate_id>/certificate.jwt", certificates.token, name="certificate_token"),
    path("certificates/<uuid:certificate_id>/revoke/", certificates.revoke, name="revoke"),
    path("certificates/<uuid:certificate_id>/share/<str:what>/", certificates.share, name="share"),
]
#: What looks odd about hours.
watch: list[URLPattern] = [
    path("watch/", watching.watch, name="watch"),
    path("watch/<uuid:anomaly_id>/", watching.anomaly, name="anomaly"),
]
#: Records in and out, and what people ask of their data.
moving: list[URLPattern] = [
    path("moving/", travelling.moving, name="moving"),
    path("moving/columns/", mapping.columns, name="columns"),
    path("moving/columns/<str:sheet>/", mapping.columns, name="columns_of"),
    path("moving/numbers/", mapping.national_numbers, name="numbers"),
    path("moving/numbers/sample/", mapping.numbers_sample, name="numbers_sample"),
    path("moving/yearly/", reporting.yearly, name="yearly"),
    path("moving/yearly/<int:year>/publish/", reporting.publish, name="publish_yearly"),
    path("moving/yearly/reports/<uuid:report_id>/back/", reporting.take_back, name="take_back_yearly"),
    path("reports/<str:code>/<int:year>/", reporting.published, name="published_yearly"),
    path("moving/sent/<uuid:shipment_id>/", travelling.shipment, name="shipment"),
    path("moving/sent/<uuid:shipment_id>/file/", travelling.shipment_file, name="shipment_file"),
    path("moving/earlier/", travelling.transfers, name="transfers"),
    path("moving/earlier/sample/", travelling.transfer_sample, name="transfer_sample"),
    path("moving/earlier/<uuid:batch>/", travelling.transfer_batch, name="transfer_batch"),
    path("moving/earlier/<uuid:batch>/<str:said>/", travelling.decide_batch, name="decide_batch"),
    path("my-data/", own_data.my_data, name="my_data"),
    path("my-data/kept/", own_data.what_is_kept, name="what_is_kept"),
    path("my-data/<uuid:request_id>/copy/", own_data.my_copy, name="my_copy"),
    path("data-requests/", own_data.data_requests, name="data_requests"),
    path("data-requests/for/<uuid:person_id>/", own_data.ask_for, name="ask_for"),
    path("data-requests/<uuid:request_id>/", own_data.data_request, name="data_request"),
]
urlpatterns = [*presence, *hours, *proofs, *watch, *moving]
