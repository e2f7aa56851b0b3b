"""The review console under /console: rendered here, no build step, one guard for every page."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFError

from bot.app import App
from webhooks.console import (
    applications,
    bindings,
    calendars,
    campaigns,
    catalogue,
    company_groups,
    contracts,
    decisions,
    errors,
    evidence,
    exports,
    health,
    invitations,
    knowledge,
    login,
    many,
    messages,
    modes,
    owed,
    packages,
    people,
    photos,
    proxies,
    replies,
    retailers,
    review_batches,
    rules,
    settings,
    talks,
    troubles,
    urging,
    waiting,
)
from webhooks.console.guard import guard, prepare_logins, seal
from webhooks.console.papers import papers_of
from webhooks.console.words import FILTERS
from webhooks.guards import mark_all

ROUTES = (
    ("/login", login.login, ("GET", "POST")),
    ("/logout", login.logout, ("POST",)),
    ("/", waiting.queue, ("GET",)),
    ("/applications/<int:application_id>", applications.detail, ("GET",)),
    ("/applications/<int:application_id>/decision", decisions.decide, ("POST",)),
    ("/applications/<int:application_id>/undo", decisions.take_back, ("POST",)),
    ("/applications/<int:application_id>/here", decisions.here, ("POST",)),
    ("/applications/<int:application_id>/claim", decisions.claim, ("POST",)),
    ("/applications/<int:application_id>/by-person", decisions.by_person, ("POST",)),
    ("/applications/<int:application_id>/phone", applications.phone, ("POST",)),
    ("/export", exports.export_queue, ("GET",)),
    ("/messages/export", exports.export_messages, ("GET",)),
    ("/owed/export", exports.export_owed, ("GET",)),
    ("/proxies/export", exports.export_conduct, ("GET",)),
    ("/applications/<int:application_id>/evidence/export", exports.export_evidence, ("GET",)),
    ("/evidence", evidence.evidence, ("GET", "POST")),
    ("/applications/<int:application_id>/evidence.<form>", evidence.evidence_of_application, ("GET",)),
    ("/contract-requests/<int:request_id>/evidence.<form>", evidence.evidence_of_request, ("GET",)),
    ("/troubles", troubles.troubles, ("GET",)),
    ("/troubles/cases", troubles.trouble_cases, ("GET",)),
    ("/troubles/export", exports.export_troubles, ("GET",)),
    ("/troubles/chart/<name>.svg", troubles.trouble_chart, ("GET",)),
    ("/photos/<int:photo_id>", photos.photo, ("GET",)),
    ("/talks", talks.talks, ("GET",)),
    ("/talks/waiting", talks.talks_waiting, ("GET",)),
    ("/talks/<int:conversation_id>", talks.talk, ("GET",)),
    ("/talks/<int:conversation_id>/log", talks.talk_log, ("GET",)),
    ("/talks/<int:conversation_id>/photos/<int:photo_id>", talks.talk_photo, ("GET",)),
    ("/talks/<int:conversation_id>/phones", talks.talk_phones, ("POST",)),
    ("/talks/<int:conversation_id>/take", talks.talk_take, ("POST",)),
    ("/talks/<int:conversation_id>/answer", talks.talk_answer, ("POST",)),
    ("/talks/<int:conversation_id>/sms/<int:message_id>", talks.talk_by_sms, ("POST",)),
    ("/talks/<int:conversation_id>/pass", talks.talk_pass_on, ("POST",)),
    ("/talks/<int:conversation_id>/finish", talks.talk_finish, ("POST",)),
    ("/owed", owed.owed, ("GET",)),
    ("/applications/<int:application_id>/owed/<int:item_id>", owed.settle_owed, ("POST",)),
    ("/messages", messages.messages, ("GET",)),
    ("/messages/received", messages.received, ("GET",)),
    ("/messages/<int:row_id>/again", messages.again, ("POST",)),
    ("/applications/<int:application_id>/messages", messages.delivery, ("GET",)),
    ("/notices", catalogue.notices, ("GET",)),
    ("/urge", urging.urge_orders, ("POST",)),
    ("/batch", review_batches.batch_preview, ("POST",)),
    ("/batch/<int:batch_id>", review_batches.batch, ("GET",)),
    ("/batch/<int:batch_id>/approve", review_batches.batch_approve, ("POST",)),
    ("/batch/<int:batch_id>/undo", review_batches.batch_undo, ("POST",)),
    ("/modes", modes.modes, ("GET",)),
    ("/modes/change", modes.mode_change, ("POST",)),
    ("/replies", replies.standard_replies, ("GET",)),
    ("/replies/save", replies.save_reply, ("POST",)),
    ("/knowledge", knowledge.knowledge, ("GET",)),
    ("/knowledge/new", knowledge.new_article, ("GET", "POST")),
    ("/knowledge/<int:article_id>", knowledge.article, ("GET", "POST")),
    ("/knowledge/<int:article_id>/active", knowledge.switch_article, ("POST",)),
    ("/calendar", calendars.calendar, ("GET",)),
    ("/calendar/enter", calendars.calendar_enter, ("POST",)),
    ("/calendar/withdraw", calendars.calendar_withdraw, ("POST",)),
    ("/contracts", contracts.contracts, ("GET",)),
    ("/contracts/<int:contract_id>", contracts.contract, ("GET",)),
    ("/contract-requests", contracts.contract_requests, ("GET",)),
    ("/contract-requests/<int:request_id>", contracts.contract_request, ("GET",)),
    ("/contract-requests/<int:request_id>/answer", contracts.answer_request, ("POST",)),
    ("/campaigns", campaigns.campaigns, ("GET", "POST")),
    ("/campaigns/<int:campaign_id>/stop", campaigns.stop_campaign, ("POST",)),
    ("/retailers", retailers.retail_companies, ("GET", "POST")),
    ("/retailers/<int:retailer_id>", retailers.retail_company, ("GET",)),
    ("/retailers/<int:retailer_id>/state", retailers.change_retailer, ("POST",)),
    ("/retailers/<int:retailer_id>/about", retailers.describe_retailer, ("POST",)),
    ("/market-prices", retailers.market_prices, ("GET", "POST")),
    ("/packages", packages.packages, ("GET",)),
    ("/packages/new", packages.new_package, ("GET", "POST")),
    ("/packages/<int:package_id>/edit", packages.edit_package, ("GET", "POST")),
    ("/packages/versions/<int:version_id>", packages.package, ("GET",)),
    ("/packages/versions/<int:version_id>/submit", packages.submit_package, ("POST",)),
    ("/packages/versions/<int:version_id>/take-back", packages.take_package_back, ("POST",)),
    ("/packages/versions/<int:version_id>/withdraw", packages.withdraw_package, ("POST",)),
    ("/packages/versions/<int:version_id>/decide", packages.decide_package, ("POST",)),
    ("/rules", rules.rules, ("GET",)),
    ("/rules/new", rules.new_rule, ("GET", "POST")),
    ("/rules/<int:rule_id>", rules.rule, ("GET", "POST")),
    ("/rules/<int:rule_id>/active", rules.switch_rule, ("POST",)),
    ("/rules/<int:rule_id>/back", rules.rule_back, ("POST",)),
    ("/rules/<int:rule_id>/hits", rules.rule_hits, ("GET",)),
    ("/rules/<int:rule_id>/versions", rules.rule_versions, ("GET",)),
    ("/applications/<int:application_id>/judgement", rules.judged, ("GET",)),
    ("/settings", settings.figures, ("GET", "POST")),
    ("/settings/trading-unit", company_groups.trading_unit, ("GET",)),
    ("/groups", company_groups.company_groups, ("GET", "POST")),
    ("/groups/<int:group_id>", company_groups.company_group, ("GET",)),
    ("/groups/<int:group_id>/change", company_groups.group_change, ("POST",)),
    ("/batches", many.many, ("GET", "POST")),
    ("/batches/template.xlsx", many.batch_template, ("GET",)),
    ("/batches/<int:batch_id>", many.many_rows, ("GET",)),
    ("/batches/<int:batch_id>/result.xlsx", many.batch_sheet, ("GET",)),
    ("/people", people.people, ("GET",)),
    ("/people/<int:staff_id>/active", people.activate, ("POST",)),
    ("/people/add", people.add_staff, ("POST",)),
    ("/people/<int:staff_id>/invite", people.invite_staff, ("POST",)),
    ("/people/<int:staff_id>/phone", people.keep_phone, ("POST",)),
    ("/people/<int:staff_id>/unbind", people.unbind_staff, ("POST",)),
    ("/bindings", bindings.bindings, ("GET",)),
    ("/bindings/<int:request_id>", bindings.settle, ("POST",)),
    ("/applications/<int:application_id>/speakers", bindings.speakers, ("GET",)),
    ("/applications/<int:application_id>/letter", bindings.letter, ("POST",)),
    ("/applications/<int:application_id>/speakers/<int:authority_id>/end", bindings.end_authority, ("POST",)),
    ("/invitations", invitations.invited, ("GET",)),
    ("/invitations/send", invitations.invite_companies, ("POST",)),
    ("/proxies", proxies.proxies, ("GET",)),
    ("/proxies/add", proxies.add_proxy, ("POST",)),
    ("/proxies/<int:proxy_id>", proxies.proxy, ("GET",)),
    ("/proxies/<int:proxy_id>/facts/<fact>", proxies.proxy_facts, ("GET",)),
    ("/proxies/<int:proxy_id>/keys", proxies.make_key, ("POST",)),
    ("/proxies/<int:proxy_id>/keys/<int:key_id>/rotate", proxies.rotate_key, ("POST",)),
    ("/proxies/<int:proxy_id>/keys/<int:key_id>/revoke", proxies.revoke_key, ("POST",)),
    ("/proxies/<int:proxy_id>/active", proxies.switch_proxy, ("POST",)),
    ("/proxies/<int:proxy_id>/lift", proxies.lift_proxy, ("POST",)),
    ("/proxies/<int:proxy_id>/marks/<int:mark_id>/take-back", proxies.take_back_mark, ("POST",)),
    ("/proxies/<int:proxy_id>/hooks/<int:hook_id>/secret", proxies.hook_secret, ("POST",)),
    ("/proxies/<int:proxy_id>/hooks/<int:hook_id>/remove", proxies.remove_hook, ("POST",)),
    ("/proxies/<int:proxy_id>/deliveries/<int:delivery_id>/again", proxies.tell_again, ("POST",)),
    ("/applications/<int:application_id>/false-documents", proxies.mark_false, ("POST",)),
    ("/health", health.health, ("GET",)),
)


def install_console(app: App, flask: Flask) -> None:
    """Put the console's pages under /console. Only they are asked for a login and a CSRF token; other doors are not."""
    blueprint = Blueprint(
        "console", __name__, url_prefix="/console", template_folder="templates", static_folder="static"
    )
    flask.extensions["console"] = app
    flask.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # the guard asks, for the console alone
    flask.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # as long as the session
    prepare_logins(app, flask)
    blueprint.before_request(guard)
    blueprint.after_request(seal)
    for path, view, methods in ROUTES:
        blueprint.add_url_rule(path, view_func=view, methods=list(methods))
    for code in (403, 404):
        blueprint.register_error_handler(code, errors.refused)
    blueprint.register_error_handler(CSRFError, errors.out_of_date)
    flask.jinja_env.filters.update(FILTERS, papers=papers_of)
    flask.register_blueprint(blueprint)
    mark_all(flask, "console.static", "public")
