"""The feedback loops of the model, one after another, as data: persim.loops gives them by key.

A loop stands here if rules close it, whatever its size in a run. Each link names the rule or phase where it happens.
"""

from persim.loop_parts import Link, Loop, Node
from persim.parameters import ASSUMPTION, QUALITATIVE

_BLAME = Loop(
    "blame", "Risk and blame",
    "When something serious happens to a person with a budget, it is sometimes put down to the budget. The team is alarmed for "
    "months, holds back where it sees risk, and offers fewer budgets, to people at low risk too.",
    "balancing",
    (
        Node("in_use", "Budgets in use", "at_in_use"),
        Node("incidents", "Incidents put down to a budget", "incidents_attributed"),
        Node("alarm", "Alarm in the team", "alarm"),
        Node("held_back", "Held back for perceived risk", "closed_any_risk"),
        Node("offers", "Offers", "offers"),
    ),
    (
        Link("in_use", "incidents", "+", "rules.wellbeing.practitioner_attributes_incident", "Only where there is a budget can something be put down to it."),
        Link("incidents", "alarm", "+", "rules.culture.team_alarm_moves", "Alarm jumps, further where blame is expected, and halves over months.", cut=True),
        Link("alarm", "held_back", "+", "rules.gates.chance_risk_is_accepted", "Alarm closes the risk gate as far as practitioners worry."),
        Link("held_back", "offers", "-", "rules.gates.practitioner_accepts_risk", "A gate that closes ends the occasion without an offer."),
        Link("offers", "in_use", "+", "rules.pathway.user_starts_using", "Offers that are accepted, and get through, become budgets in use."),
    ),
    {"alarm_jump": 0.0}, "Incidents that are put down to a budget alarm nobody.",
    "alarm", "S3; PAT07", QUALITATIVE,
    "Incidents are as frequent with as without a budget, by construction. Alarm is a matter of what they are put down to.",
    main=True,
)  # fmt: skip
_LEARNING = Loop(
    "learning", "Learning by doing",
    "A practitioner who has seen a budget through knows the process better and sees it more as their own job, so the next "
    "person is more likely to be offered one.",
    "reinforcing",
    (
        Node("starts", "Budgets seen through", "starts"),
        Node("legitimacy", "Seen as one's own job", "legitimacy"),
        Node("knowledge", "Process known", "knowledge"),
        Node("offers", "Offers", "offers"),
    ),
    (
        Link("starts", "legitimacy", "+", "rules.culture.practitioner_learns", "Each budget completed adds a little, less where roles are defended.", cut=True),
        Link("starts", "knowledge", "+", "rules.culture.practitioner_learns", "Each budget completed teaches the process.", cut=True),
        Link("legitimacy", "offers", "+", "rules.gates.chance_role_is_seen", "The role gate opens further."),
        Link("knowledge", "offers", "+", "rules.gates.chance_process_is_known", "The knowledge gate opens further."),
        Link("offers", "starts", "+", "rules.pathway.user_starts_using", "Offers that are accepted, and get through, become budgets."),
    ),
    {"learning_by_doing": 0.0}, "Completing a budget teaches nobody anything.",
    "knowledge", "form an assumption; S2 on roles, PAR20 on knowledge", ASSUMPTION,
    "Small where few budgets are completed: each post sees one through in some years only, and habit pulls back.",
    main=True,
)  # fmt: skip
_TARGET = Loop(
    "target", "Target and relabelling",
    "As the deadline nears and the council is short of its target, services that people already have are called budgets and "
    "counted. The shortfall shrinks, and with it the push; nothing else changes for these people.",
    "balancing",
    (
        Node("shortfall", "Short of the target"),
        Node("push", "The council's push"),
        Node("relabelled", "Services relabelled", "relabelled_take_up"),
        Node("role", "Offers", "offers"),
        Node("reported", "Reported take-up", "reported_take_up"),
        Node("council", "The council's rate", "council_rate"),
    ),
    (
        Link("shortfall", "push", "+", "rules.targets.push", "Pressure times shortfall times nearness of the deadline."),
        Link("push", "relabelled", "+", "rules.targets.chance_of_relabelling", "The quick way to be counted.", cut=True),
        Link("push", "role", "+", "rules.gates.chance_role_is_seen", "Pressure also opens the role gate a little.", cut=True),
        Link("relabelled", "reported", "+", "rules.targets.user_service_is_relabelled", "What is relabelled is counted."),
        Link("role", "reported", "+", "rules.targets.council_counts", "Budgets that come of offers are counted too."),
        Link("reported", "council", "+", "rules.targets.organisation_reckons_money", "Mental health is a small part of the council's clients."),
        Link("council", "shortfall", "-", "rules.targets.council_shortfall", "The nearer the target, the smaller the shortfall."),
    ),
    {"relabel_rate": 0.0, "pressure_opens_role": 0.0}, "The council's push changes nothing on the front line.",
    "reported_take_up", "S4; PAT16", QUALITATIVE,
    "The way back is weak: mental health is a tenth of the council's clients, so the push hardly eases. The size of relabelling "
    "is an assumption.",
    main=True,
)  # fmt: skip
_WORD_OF_MOUTH = Loop(
    "word_of_mouth", "Word of mouth",
    "People who know of budgets, and most of all people with a good one, tell their peers. Those who hear of budgets ask for "
    "them, and some get one and tell others.",
    "reinforcing",
    (
        Node("informed", "Know of budgets", "informed"),
        Node("asked", "Ask for one", "asked"),
        Node("offers", "Offers", "offers"),
        Node("in_use", "Budgets in use", "at_in_use"),
        Node("told", "Told by peers"),
    ),
    (
        Link("informed", "told", "+", "rules.information.what_user_tells", "Whoever knows can tell."),
        Link("told", "informed", "+", "rules.information.chance_of_hearing", "Four linked peers; more where information is passed on.", cut=True),
        Link("informed", "asked", "+", "rules.information.user_can_ask", "Only someone who knows of budgets can ask."),
        Link("asked", "offers", "+", "phases.meeting.person_has_occasion", "A request is an occasion, which otherwise comes once a year."),
        Link("offers", "in_use", "+", "rules.pathway.user_starts_using", "Offers that are accepted, and get through, become budgets in use."),
        Link("in_use", "told", "+", "rules.information.what_user_tells", "A budget that raised control is a good story, and a good story is understood."),
    ),
    {"peers_tell": 0.0}, "Peers do not speak of budgets; leaflets, carers and practitioners do.",
    "informed", "S5; PAT10", QUALITATIVE,
    "More people know and ask; whether more get one depends on the gates, which word of mouth does not open.",
    main=True,
)  # fmt: skip
_BAD_STORIES = Loop(
    "bad_stories", "Bad stories",
    "A process that takes more than a year, or ends in a refusal, is told to peers as well. Who hears that asks less.",
    "balancing",
    (
        Node("asked", "Ask for a budget", "asked"),
        Node("in_process", "On the way", "in_process"),
        Node("long", "More than a year, or refused"),
        Node("told", "Bad stories told"),
    ),
    (
        Link("asked", "in_process", "+", "phases.meeting.person_has_occasion", "A request is an occasion for an offer."),
        Link("in_process", "long", "+", "phases.progress.person_on_pathway", "Some ways are long, and some end at the panel."),
        Link("long", "told", "+", "rules.information.what_user_tells", "Bad: over a year, or refused."),
        Link("told", "asked", "-", "rules.information.chance_of_asking", "Who heard a bad story asks half as often.", cut=True),
    ),
    {"bad_story": 1.0}, "A bad story puts nobody off asking.",
    "asked", "S5; size an assumption", QUALITATIVE,
    "A bad story still tells people that budgets exist.",
)  # fmt: skip
_TIME = Loop(
    "time", "Forms and time",
    "Every process takes hours of forms. They leave less time for the next review or talk, and forms done in haste are done "
    "without the person, who then leaves the process more easily.",
    "balancing",
    (
        Node("in_process", "On the way to a budget", "in_process"),
        Node("forms", "Hours on forms", "forms_hours"),
        Node("no_time", "No time for reviews and talk", "time_gate_shut"),
        Node("offers", "Offers", "offers"),
        Node("taking_part", "People take part in their plans", "plan_involvement"),
        Node("left", "People leave the process", "left_process"),
    ),
    (
        Link("in_process", "forms", "+", "rules.practice.practitioner_takes_on_case", "Each case asks for hours in its leader's week.", cut=True),
        Link("forms", "no_time", "+", "rules.practice.practitioner_shares_hours", "Even the shortest forms take their part of the hours left for social care."),
        Link("no_time", "offers", "-", "rules.gates.practitioner_has_time", "Reviews slip, and the time gate closes."),
        Link("offers", "in_process", "+", "rules.pathway.user_starts_pathway", "An offer accepted begins a process."),
        Link("forms", "taking_part", "-", "rules.practice.practitioner_shares_hours", "Short of hours, forms are done without the person."),
        Link("taking_part", "left", "-", "rules.pathway.chance_of_leaving", "Who takes part stays."),
        Link("left", "in_process", "-", "rules.pathway.user_leaves_pathway", "Who leaves is no longer on the way."),
    ),
    # Not quite nought for assessment and plan: where no hour is worked nobody can have taken part in it.
    {"assessment_hours": 0.01, "assessment_page_hours": 0.0, "plan_hours": 0.01, "plan_page_hours": 0.0, "set_up_hours": 0.0, "set_up_page_hours": 0.0},
    "Assessments, plans and set-up cost next to no hours; steps and weeks stay.",
    "time_gate_shut", "S2; PAT04, PAT05", QUALITATIVE,
    "Contacts fill far more of the week than forms do; this is the part of lacking time that budgets themselves make.",
)  # fmt: skip
_LET_DOWN = Loop(
    "let_down", "Let down",
    "A hand-off that is lost, or a refusal without a reason, costs trust and confidence. Who has less of both asks less, and so "
    "fewer are let down: the service grows quiet.",
    "balancing",
    (
        Node("let_down", "Hand-offs lost, requests refused"),
        Node("trust", "Trust and confidence"),
        Node("asked", "Ask for a budget", "asked"),
        Node("opportunities", "Occasions to speak of budgets", "opportunities"),
    ),
    (
        Link("let_down", "trust", "-", "rules.information.user_is_let_down", "The person bears what the process lost.", cut=True),
        Link("trust", "asked", "+", "rules.information.chance_of_asking", "Asking takes trust and confidence."),
        Link("asked", "opportunities", "+", "phases.meeting.person_has_occasion", "A request is an occasion."),
        Link("opportunities", "let_down", "+", "phases.meeting.hand_off_arrives", "Some occasions end in a hand-off, and some hand-offs are lost."),
    ),
    {"trust_setback": 0.0, "confidence_setback": 0.0}, "A refusal or a lost hand-off costs neither trust nor confidence.",
    "asked", "S3; ENG19; size an assumption", ASSUMPTION,
    "That people ask less is no sign that they want less.",
)  # fmt: skip
_QUEUE = Loop(
    "queue", "The queue before the panel",
    "The panel has so many places a week. When more cases come, everybody waits longer, and people who wait long leave, which "
    "keeps the queue from growing for ever.",
    "balancing",
    (
        Node("at_panel", "Cases before the panel", "at_panel"),
        Node("wait", "Weeks to a budget", "wait_weeks"),
        Node("left", "People leave the process", "left_process"),
    ),
    (
        Link("at_panel", "wait", "+", "phases.opening.panels_meet", "Oldest first, as many as there are places.", cut=True),
        Link("wait", "left", "+", "rules.pathway.chance_of_leaving", "The chance of leaving grows with the weeks since budgets were raised."),
        Link("left", "at_panel", "-", "rules.pathway.user_leaves_pathway", "Who leaves is no longer in the queue."),
    ),
    {"panel_places": 1000.0}, "The panel has a place for every case at its next meeting.",
    "wait_weeks", "S4; PAT09; places an assumption", ASSUMPTION,
    "Hardly felt where few cases get as far as the panel; the narrow place where many do.",
    seen_in="gold_standard",
)  # fmt: skip
_MONEY = Loop(
    "money", "The year's pot",
    "Budgets commit money. Once the year's pot is committed the panel refuses more often, until the next year begins.",
    "balancing",
    (
        Node("in_use", "Budgets agreed and in use", "at_in_use"),
        Node("committed", "Money committed"),
        Node("refused", "Refused by the panel", "refused"),
    ),
    (
        Link("in_use", "committed", "+", "rules.targets.organisation_reckons_money", "Each year begins with what budgets in use cost."),
        Link("committed", "refused", "+", "rules.panels.panel_decides", "Beyond the pot, money refuses too.", cut=True),
        Link("refused", "in_use", "-", "phases.opening.decide_case", "A case refused, and not won on contest, brings no budget."),
    ),
    {"refuse_when_spent": 0.0}, "The panel refuses nobody for want of money.",
    "refused", "PAR30, PAR60 on the pot; form an assumption", ASSUMPTION,
    "With take-up as low as in the baseline the pot is not reached, and this loop is silent.",
    seen_in="gold_standard",
)  # fmt: skip
_NORMS = Loop(
    "norms", "The team's norm",
    "People who work together grow alike. What one of them comes to think moves the team's mean, and the mean moves the others.",
    "reinforcing",
    (
        Node("own", "What each one thinks", "legitimacy"),
        Node("norm", "The team's mean"),
    ),
    (
        Link("own", "norm", "+", "phases.closing.team_learns", "The norm is the mean of the team's members."),
        Link("norm", "own", "+", "rules.culture.practitioner_learns", "Attitudes go part of the way to the norm each week.", cut=True),
    ),
    {"norm_rate": 0.0}, "Colleagues' attitudes do not rub off.",
    "legitimacy", "form an assumption", ASSUMPTION,
    "It makes colleagues alike and hardly moves their mean: the same loop holds doubt in place, and conviction.",
)  # fmt: skip
_HABIT = Loop(
    "habit", "Habit of the profession",
    "What training, leaders or practice have moved drifts back to what is usual in the profession, the further the stronger.",
    "balancing",
    (
        Node("own", "What each one knows and thinks", "knowledge"),
        Node("distance", "Beyond what is usual"),
        Node("back", "Pull back to the usual"),
    ),
    (
        Link("own", "distance", "+", "rules.professions.home_knowledge", "The usual is the profession's, here."),
        Link("distance", "back", "+", "rules.culture.practitioner_learns", "A share of the distance each week.", cut=True),
        Link("back", "own", "-", "rules.culture.practitioner_learns", "Gains fade when nothing renews them."),
    ),
    {"home_rate": 0.0}, "What practitioners have gained or lost stays.",
    "knowledge", "form an assumption; S2 on the protection of roles", ASSUMPTION,
    "It also heals: worry above the usual fades by it.",
)  # fmt: skip
_ACTION_RESEARCH = Loop(
    "action_research", "Action research",
    "Those who reflect on what closed last year lift the largest barrier they know of; then another one is the largest.",
    "balancing",
    (
        Node("closed", "Gates that close"),
        Node("known", "Largest barrier known"),
        Node("lifted", "That barrier is lifted"),
        Node("offers", "Offers per occasion", "offers_per_opportunity"),
    ),
    (
        Link("closed", "known", "+", "rules.culture.aim_of", "Staff record most of theirs; co-researchers reveal what staff do not record."),
        Link("known", "lifted", "+", "rules.culture.organisation_acts", "Step by step over a spiral.", cut=True),
        Link("lifted", "offers", "+", "rules.gates.chance_role_is_seen", "So for the role gate; other gains act on knowledge, risk, information and steps."),
        Link("offers", "closed", "-", "phases.meeting.opportunity_arises", "An occasion that brings an offer met no closed gate."),
    ),
    {"spiral_strength": 0.0}, "Spirals go round, and lift nothing.",
    "offers_per_opportunity", "S5; order and size a hypothesis (P8)", QUALITATIVE,
    "Only where a scenario has action research; without it this loop is silent.",
    seen_in="rural_action_research/co_researchers",
)  # fmt: skip

LOOPS: tuple[Loop, ...] = (
    _BLAME, _LEARNING, _TARGET, _WORD_OF_MOUTH, _BAD_STORIES, _TIME, _LET_DOWN, _QUEUE, _MONEY, _NORMS, _HABIT,
    _ACTION_RESEARCH,
)  # fmt: skip
