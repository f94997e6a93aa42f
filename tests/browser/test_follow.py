"""Following a need by e-mail alone: told once it is answered, stopped by one press."""

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.acts import mail_to
from tests.browser.visitor import PATIENCE, Crowd, Visitor

ADDRESS = "gwenn@exemple.fr"
NEED = "Le lycée oui, mais l’entraînement non"


def _read_news(visitor: Visitor, subject: str) -> str:
    """Look into the mailbox until the news is there; the address that ends it."""
    page = visitor.go("/demo/messagerie")
    mail = page.get_by_role("listitem").filter(has_text=f"À {ADDRESS}").filter(has_text=subject)
    page.wait_for_function(
        """async (words) => (await (await fetch(location.href)).text()).includes(words)""", arg=steps.ANSWER,
        timeout=PATIENCE, polling=500,
    )  # fmt: skip
    page.reload()
    stop = mail.first.locator("a[href*='/desabonnement/']").first.get_attribute("href")
    assert stop
    return stop.removeprefix(visitor.server.url)


def test_somebody_follows_a_need_without_an_account_and_stops_by_one_press(people: Crowd) -> None:
    reader, technician = people.visitor(), people.signed_in("technician")
    page = steps.find(reader, NEED)
    reader.click("Suivre par e-mail")
    page.get_by_role("radio", name="Un message dès que quelque chose arrive").check()
    page.get_by_label("Votre adresse e-mail").fill(ADDRESS)
    reader.press("Suivre")
    expect(page.locator("#flash")).to_contain_text("Un message vous attend")
    reader.go(mail_to(reader, ADDRESS))
    reader.press("Recevoir les nouvelles")
    steps.answer(technician, NEED)
    stop = _read_news(reader, NEED)
    elsewhere = people.visitor()  # no cookie, as the mail program of somebody else's machine
    page = elsewhere.go(stop)
    elsewhere.press("Ne plus suivre")
    expect(page.locator("main [role=status]")).to_contain_text("vous ne recevrez plus ces nouvelles")
    elsewhere.press("Suivre de nouveau")
    expect(page.locator("main [role=status]")).to_contain_text("C’est repris")
