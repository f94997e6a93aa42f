"""Who may do what: one right a line. A right without a row is denied.

Predicates read protocols (``territory_id``, ``author_id``, ``status``, ``open_verbs``), so this
package knows no feature. Rights are checked by ``access`` dependencies and by templates.
"""

from app.policy.rules import (
    ROOM_OPEN,
    Rule,
    administrator,
    announced,
    anyone,
    author,
    closed,
    conductor,
    debated,
    dissolved,
    draft,
    elsewhere,
    facilitator,
    first_judge,
    grantable,
    in_status,
    known,
    lead,
    left,
    moderator,
    oneself,
    opened,
    own,
    own_organisation,
    personal,
    public,
    referent,
    relay,
    released,
    reported,
    returning,
    role_anywhere,
    room_over,
    scribe,
    signed_in,
    technician,
    transcriber,
    unsent,
)

# Rights
NEED_READ = "need.read"
NEED_SAY = "need.say"
NEED_SUPPORT = "need.support"
NEED_COMMENT = "need.comment"
NEED_WITHDRAW = "need.withdraw"
NEED_MODERATE = "need.moderate"
NEED_ATTACH = "need.attach"
NEED_ANSWER = "need.answer"
NEED_TRANSCRIBE = "need.transcribe"
NEED_PROOFREAD = "need.proofread"
CAMPAIGN_EDIT = "campaign.edit"
INTAKE_OPEN = "intake.open"
GROUP_READ = "group.read"
GROUP_SUPPORT = "group.support"
GROUP_MAKE = "group.make"
GROUP_EDIT = "group.edit"
GROUP_ATTACH = "group.attach"
GROUP_ANSWER = "group.answer"
GROUP_LEAVE = "group.leave"
ANSWERS_OPEN = "answers.open"
FILE_READ = "file.read"
FILE_MODERATE = "file.moderate"
PROFILE_MODERATE = "profile.moderate"
CARD_MODERATE = "card.moderate"
REPORT_DECIDE = "report.decide"
APPEAL_DECIDE = "appeal.decide"
MODERATION_SET = "moderation.set"
MODERATION_LOG = "moderation.log"
COMMENT_MODERATE = "comment.moderate"
MODERATION_OPEN = "moderation.open"
CALENDAR_EDIT = "calendar.edit"
CHALLENGE_EDIT = "challenge.edit"
PRIORITY_READ = "priority.read"
PRIORITY_EDIT = "priority.edit"
PRIORITY_RANK = "priority.rank"
SHEET_READ = "sheet.read"
SHEET_DRAFT = "sheet.draft"
SHEET_EDIT = "sheet.edit"
SHEET_MOVE = "sheet.move"
SHEET_POSITION = "sheet.position"
SHEET_COMMENT = "sheet.comment"
SHEET_ANSWER = "sheet.answer"
WORKSHOP_READ = "workshop.read"
WORKSHOP_CREATE = "workshop.create"
WORKSHOP_RUN = "workshop.run"
WORKSHOP_REPORT = "workshop.report"
WORKSHOP_JOIN = "workshop.join"
WORKSHOP_CONDUCT = "workshop.conduct"
WORKSHOP_LEAD = "workshop.lead"
WORKSHOP_SCRIBE = "workshop.scribe"
WORKSHOP_REGISTER = "workshop.register"
OWN_SPACE = "space.own"
ACCOUNT_REOPEN = "account.reopen"
ROLES_OPEN = "roles.open"
ROLE_READ = "role.read"
ROLE_GRANT = "role.grant"
ORGANISATION_READ = "organisation.read"
ORGANISATION_DECLARE = "organisation.declare"
ORGANISATION_EDIT = "organisation.edit"
ORGANISATION_VERIFY = "organisation.verify"
ORGANISATION_APPOINT = "organisation.appoint"
ORGANISATIONS_OPEN = "organisations.open"
MAILS_OPEN = "mails.open"

POLICY: dict[str, Rule] = {
    #                    who                                         when
    NEED_READ:           public | own | ((moderator | technician)     & ~unsent),
    NEED_SAY:            anyone                                      & opened("need.say"),
    NEED_SUPPORT:        public                                      & opened("need.support"),
    NEED_COMMENT:        public                                      & opened("need.comment"),
    NEED_WITHDRAW:       personal | own_organisation,
    NEED_MODERATE:       moderator & ~own                            & ~unsent,
    NEED_ATTACH:         technician                                  & public,
    NEED_ANSWER:         technician                                  & public,
    NEED_TRANSCRIBE:     relay | facilitator | technician,
    NEED_PROOFREAD:      (relay | facilitator | technician | moderator) & ~transcriber & ~author,
    CAMPAIGN_EDIT:       relay | facilitator | technician,
    INTAKE_OPEN:         role_anywhere("relay") | role_anywhere("facilitator") | role_anywhere("technician"),
    GROUP_READ:          ~dissolved | moderator | technician,
    GROUP_SUPPORT:       ~dissolved                                  & opened("need.support"),
    GROUP_MAKE:          moderator | technician,
    GROUP_EDIT:          moderator | technician,
    GROUP_ATTACH:        technician                                  & ~dissolved,
    GROUP_ANSWER:        technician                                  & ~dissolved,
    GROUP_LEAVE:         own,
    ANSWERS_OPEN:        role_anywhere("technician"),
    COMMENT_MODERATE:    moderator & ~own                            & ~unsent,
    FILE_READ:           public | own | ((moderator | technician) & ~unsent),
    FILE_MODERATE:       moderator & ~own                            & ~unsent,
    PROFILE_MODERATE:    moderator & ~own,
    CARD_MODERATE:       moderator & ~conductor & ~scribe            & ~unsent & room_over,
    REPORT_DECIDE:       moderator & ~author,
    APPEAL_DECIDE:       (moderator | (role_anywhere("moderator") & elsewhere)) & ~own & ~first_judge,
    MODERATION_SET:      technician,
    MODERATION_LOG:      role_anywhere("moderator") | role_anywhere("administrator"),
    MODERATION_OPEN:     role_anywhere("moderator"),
    CALENDAR_EDIT:       technician,
    CHALLENGE_EDIT:      technician,
    PRIORITY_READ:       anyone,
    PRIORITY_EDIT:       technician,
    PRIORITY_RANK:       technician,
    SHEET_READ:          released | technician,
    SHEET_DRAFT:         technician,
    SHEET_EDIT:          technician                                  & ~left,
    SHEET_MOVE:          technician,
    SHEET_POSITION:      released & debated                          & opened("sheet.position"),
    SHEET_COMMENT:       released & ~left                            & opened("sheet.comment"),
    SHEET_ANSWER:        technician & released,
    WORKSHOP_READ:       ~draft | facilitator | conductor | scribe,
    WORKSHOP_CREATE:     facilitator,
    WORKSHOP_RUN:        facilitator | conductor,
    WORKSHOP_CONDUCT:    conductor,
    WORKSHOP_LEAD:       lead,
    WORKSHOP_SCRIBE:     conductor | scribe,
    WORKSHOP_REGISTER:   announced,
    WORKSHOP_REPORT:     reported | facilitator | conductor,
    WORKSHOP_JOIN:       in_status("room_open", ROOM_OPEN)           & opened("workshop.join"),
    OWN_SPACE:           signed_in,
    ACCOUNT_REOPEN:      returning,
    ROLES_OPEN:          role_anywhere("administrator") | role_anywhere("referent"),
    ROLE_READ:           administrator | referent,
    ROLE_GRANT:          grantable & ~oneself,
    ORGANISATION_READ:   known | own_organisation | author | moderator | administrator,
    ORGANISATION_DECLARE: signed_in,
    ORGANISATION_EDIT:   own_organisation                            & ~closed,
    ORGANISATION_VERIFY: (moderator | administrator) & ~own          & ~closed,
    ORGANISATION_APPOINT: administrator & ~own                      & ~closed,
    ORGANISATIONS_OPEN:  role_anywhere("moderator") | role_anywhere("administrator"),
    MAILS_OPEN:          role_anywhere("administrator"),
}  # fmt: skip
