# The page System.

system = System
system-about = Welches Programm das ist, wie es um die Teile steht, die es braucht, und wie es eingestellt ist.
refresh = Neu laden
all-parts-work = Alles funktioniert
parts-away = { $count } { $count ->
        [one] Teil ist
       *[other] Teile sind
    } weg
build = { $profile } für { $platform }
runs-since = Läuft seit
parts-asked = Teile gefragt
replica = Replik
parts = Teile
part = Teil
state = Zustand
what-it-is = Was es ist
and-then = { $first } { $second }
fact-schema = Schema { $step }
fact-releases = { $count } { $count ->
        [one] Release
       *[other] Releases
    }
fact-broken = { $count } kaputt
fact-arriving = { $count } im Entstehen
settings = Einstellungen
settings-about = Jede ist eine Umgebungsvariable und ein Schalter gleichen Namens. Von einem Geheimnis wird nur gesagt, ob es gesetzt ist.
setting = Einstellung
is-set = gesetzt
is-not-set = nicht gesetzt
part-database = Datenbank
part-cluster = Cluster
part-releases = Releases
part-registry = Registry für gebaute Images
part-image-mirror = Registry der Kopien
part-identity-provider = Anmeldedienst
part-people = Personenverzeichnis
part-works = funktioniert
part-away = weg
part-not-set-up = nicht eingerichtet
group-server = Server
group-data = Daten
group-releases = Releases
group-cluster = Cluster
group-images = Images
group-routes = Wege zu Anwendungen
group-sign-in = Anmeldung und Personen
group-applications = Anmeldedienst der Anwendungen
group-retention = Aufbewahrung
source-flag = Schalter
source-environment = Umgebung
source-file = Datei
source-default = Vorgabe
