# The start page, releases, instances.

overview-about = Was läuft, und wo Sie gebraucht werden.
deploy-a-project = Ein Projekt bereitstellen
count-running = Laufend
on-the-way = Unterwegs
needs-attention = Handlungsbedarf
nothing-yet = Noch ist nichts bereitgestellt.
nothing-yet-more = Wählen Sie ein freigegebenes Projekt, geben Sie ihm einen Namen, und sehen Sie ihm beim Starten zu.
recent-operations = Letzte Vorgänge
show-them = { $number }, zeigen
kind-by = { $kind } von { $person }
created-by = Angelegt von
removed = Entfernt
nothing-deployed = Nichts ist bereitgestellt
choose-a-project = Ein Projekt wählen
undeployed = Entfernt
removed-caption = Anwendungen, die entfernt wurden
search-by = Name, Projekt oder Person
search-applications = Anwendungen suchen
all = Alle
page-of = Seite { $page } von { $pages }, { $total } Anwendungen
pages = Seiten
previous-page = Vorige Seite
next-page = Nächste Seite
updated = Geändert
created = Angelegt
gateway = Gateway
actions = Aktionen
filter-by-status = Nach Status filtern
none-like-that = Keine Anwendung ist so
look-else = Suchen Sie etwas anderes, oder lassen Sie sich
show-all = alle zeigen
applications = Anwendungen
list-empty = Bereitgestellte Projekte, und wie es um sie steht.
list-summary = { $count } { $count ->
        [one] Anwendung
       *[other] Anwendungen
    }, { $running } davon { $running ->
        [one] läuft
       *[other] laufen
    }.
simulated = Simuliert
simulated-why = Der Cluster ist simuliert, deshalb antwortet nichts.
gone = Fort
gone-why = Die Anwendung wurde entfernt.
going = Geht
going-why = Die Anwendung wird entfernt.
not-yet = Noch nicht
not-yet-why = Sie kann geöffnet werden, wenn die Anwendung läuft.
none-why = Die Anwendung bietet außerhalb ihres Namensraums nichts an.
contents = Inhalt
released = Freigegeben
digest = Prüfsumme
runs-as = Läuft als
deploy-version = Version { $version } bereitstellen
digest-of-version = die Prüfsumme von Version { $version }
nowhere = Nirgends
differences = Unterschiede
same-parts = Sie bestehen aus denselben Teilen. Was in den Dateien steht, kann sich unterscheiden: das sagen ihre Prüfsummen.
added = Neu
change-removed = Entfernt
changed = Geändert
part-process = Prozess
part-form = Formular
part-decision-table = Entscheidungstabelle
part-file = Datei
part-script = Skript
part-trigger = Auslöser
part-user = Person mit Aufgaben
part-group = Gruppe mit Aufgaben
part-connector = Konnektor
part-ui = Oberfläche
copies = { $count } { $count ->
        [one] Kopie
       *[other] Kopien
    }
latest-version = Neueste Version
no-projects = Noch keine freigegebenen Projekte
no-projects-more = Ein Projekt erscheint hier, sobald ein Release davon geschrieben wird nach
released-projects = Freigegebene Projekte
releases-about = Freigegebene Projekte, die bereitgestellt werden können.
running-of = { $count } { $count ->
        [one] laufende Anwendung
       *[other] laufende Anwendungen
    } von { $name }
count-components = { $count } { $count ->
        [one] Komponente
       *[other] Komponenten
    }
count-processes = { $count } { $count ->
        [one] Prozess
       *[other] Prozesse
    }
count-connectors = { $count } { $count ->
        [one] Konnektor
       *[other] Konnektoren
    }
count-uis = { $count } { $count ->
        [one] Oberfläche
       *[other] Oberflächen
    }
deploy-as = { $project } als { $name } bereitstellen
discard-what = { $name } verwerfen
discard = Verwerfen
resume-what = { $name } fortsetzen
resume = Fortsetzen
begun = Begonnen und nicht abgeschickt
arriving = { $names } { $count ->
        [one] wird
       *[other] werden
    } gerade geschrieben
arriving-more = Sehen Sie gleich noch einmal nach: ein Release wird gezeigt, wenn sich { $count ->
        [one] darin
       *[other] in ihnen
    } eine Weile nichts geändert hat.
broken = { $count ->
        [one] Ein Release kann
       *[other] { $count } Releases können
    } nicht gelesen werden
what-is-done = Was geschieht
why-not = Warum nicht
undeploy-all = Alle { $count } entfernen …
undeploy-chosen = Gewählte entfernen …
choose-what = { $name } wählen
undeploy-applications = Anwendungen entfernen
nothing-chosen = Nichts ist gewählt
tick-before = Wählen Sie Anwendungen in
tick-list = der Liste
tick-after = , dann entfernen Sie sie zusammen.
no-more = Eine Anwendung dieses Namens gibt es nicht mehr.
these-go = Diese werden entfernt
these-go-more = Ihre Namensräume werden entfernt, mit allem darin und allen ihren Daten. Ihr Verlauf bleibt.
these-go-caption = Anwendungen, die entfernt werden
these-stay = Diese bleiben
these-stay-caption = Anwendungen, die bleiben
those-by-force = Auch die mit Zwang entfernen, die noch bereitgestellt werden oder fehlgeschlagen sind
undeploy-count = { $count } { $count ->
        [one] Anwendung
       *[other] Anwendungen
    } entfernen
type-how-many = Geben Sie zur Bestätigung ein, wie viele es sind
removal-begun = Das Entfernen hat begonnen.
begun-title = Begonnen
begun-caption = Entfernungen, die begonnen haben
refused-title = Abgelehnt
refused-caption = Entfernungen, die abgelehnt wurden
