# The page System.

system = System
system-about = Which program this is, how the parts stand that it needs, and how it is set.
refresh = Refresh
all-parts-work = Everything works
parts-away = { $count } { $count ->
        [one] part is
       *[other] parts are
    } away
build = { $profile } for { $platform }
runs-since = Runs since
parts-asked = Parts asked
replica = Replica
parts = Parts
part = Part
state = State
what-it-is = What it is
and-then = { $first } { $second }
fact-schema = schema { $step }
fact-releases = { $count } { $count ->
        [one] release
       *[other] releases
    }
fact-broken = { $count } broken
fact-arriving = { $count } being written
settings = Settings
settings-about = Each is an environment variable and a flag of the same name. Of a secret it is only told whether it is set.
setting = Setting
is-set = set
is-not-set = not set
part-database = Database
part-cluster = Cluster
part-releases = Releases
part-registry = Registry for built images
part-image-mirror = Registry of copies
part-identity-provider = Identity provider
part-people = Directory of people
part-works = works
part-away = away
part-not-set-up = not set up
group-server = Server
group-data = Data
group-releases = Releases
group-cluster = Cluster
group-images = Images
group-routes = Routes to applications
group-sign-in = Sign-in and people
group-applications = Identity provider of applications
group-retention = Retention
source-flag = flag
source-environment = environment
source-file = file
source-default = default
