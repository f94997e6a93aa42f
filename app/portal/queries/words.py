"""Codes that people read nowhere else, in words: what was done, on what, by which way."""

from app.core.machine import label

WAYS = {
    "email": label("lien reçu par message"), "franceconnect": label("FranceConnect"),
    "proconnect": label("ProConnect"), "oidc": label("autre service d’identité"), "demo": label("démonstration"),
}  # fmt: skip
PURPOSES = {
    "sign_in": label("se connecter"), "need": label("confirmer un besoin"), "support": label("confirmer un soutien"),
    "position": label("confirmer une position"), "comment": label("confirmer un commentaire"),
    "address": label("changer d’adresse"), "parent": label("donner l’accord d’un parent"),
}  # fmt: skip
SUBJECTS = {
    "need": label("un besoin"), "comment": label("un commentaire"), "action_sheet": label("une fiche-action"),
    "priority": label("une priorité"), "challenge": label("un enjeu"), "accord": label("un accord"),
    "phase": label("une étape du calendrier"), "workshop": label("un atelier"), "step": label("une séquence d’atelier"),
    "person": label("votre compte"), "passkey": label("une clé d’accès"), "role": label("un rôle"),
    "invitation": label("une invitation"), "organisation": label("une organisation"),
    "delegate": label("un mandat d’organisation"),
}  # fmt: skip
VERBS = {
    "abandon": label("abandonner"), "accept": label("accepter"), "add": label("ajouter"),
    "add_passkey": label("ajouter une clé d’accès"), "add_phase": label("ajouter une étape"),
    "adjourn": label("ajourner"), "adopt": label("adopter"), "amend": label("modifier par avenant"),
    "anonymise": label("anonymiser"), "answer": label("répondre"), "appeal": label("contester"),
    "attach": label("rattacher à une priorité"), "await_email": label("attendre la confirmation de l’adresse"),
    "cancel": label("annuler"), "close": label("fermer"), "close_account": label("fermer le compte"),
    "close_inactive": label("fermer le compte, faute de visite"), "close_room": label("fermer la salle"),
    "count_went_back": label("clé d’accès à vérifier"), "create": label("créer"), "declare": label("déclarer"),
    "declare_again": label("déclarer de nouveau"), "decline": label("décliner"), "describe": label("décrire"),
    "detach": label("détacher d’une priorité"), "discuss": label("mettre en discussion"), "draft": label("commencer"),
    "edit": label("modifier"), "edit_phase": label("modifier une étape"), "end": label("mettre fin"),
    "end_later": label("fixer une fin"), "enrol": label("inscrire à l’accord"), "evaluate": label("évaluer"),
    "examine": label("faire examiner"), "export": label("prendre une copie des données"),
    "extend": label("prolonger"), "finish": label("achever"), "grant": label("confier"), "hide": label("retirer"),
    "invite": label("inviter"), "lift_second_factor": label("lever la clé d’accès"),
    "link_need": label("relier un besoin"),
    "make_candidate": label("rendre candidate"), "make_project": label("faire une fiche-projet"),
    "mask": label("masquer un passage"), "new_device": label("première connexion depuis un appareil"),
    "new_recovery_codes": label("demander des codes de secours"), "open": label("ouvrir"),
    "open_dialogue": label("ouvrir le dialogue"), "open_room": label("ouvrir la salle"), "pass": label("passer"),
    "plan": label("inscrire au plan annuel"), "post": label("publier sans relecture"), "propose": label("proposer"),
    "publish": label("publier"), "put_back": label("remettre"), "put_back_alone": label("remettre"),
    "rank": label("classer"), "recovery_refused": label("code de secours refusé"),
    "recovery_used": label("utiliser un code de secours"), "redirect": label("orienter"), "refuse": label("refuser"),
    "reject": label("rejeter"), "remove": label("enlever"), "remove_passkey": label("retirer une clé d’accès"),
    "remove_phase": label("enlever une étape"), "reopen": label("rouvrir"),
    "reopen_account": label("rouvrir le compte"),
    "retain": label("retenir"), "return_appealed": label("remettre en réexamen"),
    "return_masked": label("remettre en ligne"), "return_pending": label("remettre en relecture"),
    "return_published": label("remettre en ligne"), "reveal": label("montrer les résultats"),
    "reverse": label("revenir sur un refus"), "schedule": label("annoncer"),
    "set_priorities": label("choisir les priorités"), "start": label("commencer"), "submit": label("envoyer"),
    "suspend": label("suspendre"), "take_to_workshop": label("porter en atelier"),
    "take_up": label("reprendre dans une fiche"), "unlink_need": label("détacher un besoin"),
    "unschedule": label("retirer l’annonce"), "uphold": label("confirmer un refus"), "validate": label("valider"),
    "verify": label("vérifier"), "vote": label("voter"), "warn_inactive": label("prévenir avant fermeture"),
    "withdraw": label("retirer"), "withdraw_with_account": label("retirer avec le compte"),
}  # fmt: skip
