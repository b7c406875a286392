# The start page, releases, instances.

overview-about = What runs, and what needs you.
deploy-a-project = Deploy a project
count-running = Running
on-the-way = On the way
needs-attention = Needs attention
nothing-yet = Nothing has been deployed yet.
nothing-yet-more = Choose a released project, give it a name, and watch it start.
recent-operations = Recent operations
show-them = { $number }, show them
kind-by = { $kind } by { $person }
created-by = Created by
removed = Removed
nothing-deployed = Nothing is deployed
choose-a-project = Choose a project
undeployed = Undeployed
removed-caption = Applications that were removed
search-by = Name, project or person
search-applications = Search applications
all = All
page-of = Page { $page } of { $pages }, { $total } applications
pages = Pages
previous-page = Previous page
next-page = Next page
updated = Updated
created = Created
gateway = Gateway
actions = Actions
filter-by-status = Filter by status
none-like-that = No application is like that
look-else = Look for something else, or
show-all = show all of them
applications = Applications
list-empty = Deployed projects, and how they stand.
list-summary = { $count } { $count ->
        [one] application
       *[other] applications
    }, { $running } running.
simulated = Simulated
simulated-why = The cluster is simulated, so nothing answers.
gone = Gone
gone-why = The application has been removed.
going = Going
going-why = The application is being removed.
not-yet = Not yet
not-yet-why = It can be opened when the application is running.
none-why = The application serves nothing outside its namespace.
contents = Contents
released = Released
digest = Digest
runs-as = Runs as
deploy-version = Deploy version { $version }
digest-of-version = the digest of version { $version }
nowhere = Nowhere
differences = Differences
same-parts = They consist of the same parts. What is in the files may differ: their digests tell.
added = Added
change-removed = Removed
changed = Changed
part-process = Process
part-form = Form
part-decision-table = Decision table
part-file = File
part-script = Script
part-trigger = Trigger
part-user = User of tasks
part-group = Group of tasks
part-connector = Connector
part-ui = User interface
copies = { $count } { $count ->
        [one] copy
       *[other] copies
    }
latest-version = Latest version
no-projects = No released projects yet
no-projects-more = A project appears here as soon as a release of it is written to
released-projects = Released projects
releases-about = Released projects, ready to be deployed.
running-of = { $count } running applications of { $name }
count-components = { $count } { $count ->
        [one] component
       *[other] components
    }
count-processes = { $count } { $count ->
        [one] process
       *[other] processes
    }
count-connectors = { $count } { $count ->
        [one] connector
       *[other] connectors
    }
count-uis = { $count } { $count ->
        [one] user interface
       *[other] user interfaces
    }
deploy-as = Deploy { $project } as { $name }
discard-what = Discard { $name }
discard = Discard
resume-what = Resume { $name }
resume = Resume
begun = Begun and not placed
arriving = { $names } { $count ->
        [one] is
       *[other] are
    } being written
arriving-more = Look again in a moment: a release is listed when nothing in { $count ->
        [one] it
       *[other] them
    } has changed for a while.
broken = { $count ->
        [one] One release
       *[other] { $count } releases
    } cannot be read
what-is-done = What is done
why-not = Why not
undeploy-all = Undeploy all { $count } …
undeploy-chosen = Undeploy chosen …
choose-what = Choose { $name }
undeploy-applications = Undeploy applications
nothing-chosen = Nothing was chosen
tick-before = Tick applications in
tick-list = the list
tick-after = , then undeploy them together.
no-more = No application of that name is there any more.
these-go = These go
these-go-more = Their namespaces go, with everything in them and all their data. Their history stays.
these-go-caption = Applications that go
these-stay = These stay
these-stay-caption = Applications that stay
those-by-force = Take those by force, too, that are being deployed or have failed
undeploy-count = Undeploy { $count } { $count ->
        [one] application
       *[other] applications
    }
type-how-many = Type how many go to confirm
removal-begun = Its removal has begun.
begun-title = Begun
begun-caption = Removals that have begun
refused-title = Refused
refused-caption = Removals that were refused
