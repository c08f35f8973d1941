"""Tries a Jenkins with two clients that others wrote: python-jenkins and jenkinsapi.

    clients.py URL USER TOKEN

The jobs it expects are those of shared/simulator/tests/simulator/jenkins_clients.rs. Says what it checked; any
disagreement ends it with a traceback and a status other than zero.
"""

import sys
import time

import jenkins
import requests
from jenkinsapi.custom_exceptions import BadParams, NotFound, UnknownJob
from jenkinsapi.jenkins import Jenkins

PATIENCE_S = 30


def check(what, got, expected):
    if got != expected:
        raise AssertionError(f"{what}: {got!r}, expected {expected!r}")
    print(f"  {what}: {got!r}")


def refused(what, errors, call):
    try:
        answer = call()
    except errors as error:
        print(f"  {what}: {type(error).__name__}")
        return str(error)
    raise AssertionError(f"{what}: answered {answer!r}, expected a refusal")


def until(what, call):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        answer = call()
        if answer:
            return answer
        time.sleep(0.01)
    raise AssertionError(f"{what}: not within {PATIENCE_S} s")


JOBS = [
    "hangs", "off", "plain", "shop", "shop/release", "shop/release/feature%2Fx", "web", "web/deploy", "web/fails",
    "web/slow",
]


def parameters(actions):
    """Names and values, without those that have no value to show."""
    [action] = [a for a in actions if a.get("_class") == "hudson.model.ParametersAction"]
    return {p["name"]: p["value"] for p in action["parameters"] if "value" in p}


def with_python_jenkins(url, user, token):
    print("python-jenkins")
    server = jenkins.Jenkins(url, username=user, password=token)
    check("user", server.get_whoami()["id"], user)
    check("version", server.get_version(), "2.579")

    # Jobs and folders. The client does not decode the names in a path, so a branch keeps its stored name.
    check("all jobs", sorted(job["fullname"] for job in server.get_all_jobs()), JOBS)
    check("one level at a time", sorted(job["fullname"] for job in server.get_all_jobs(folder_depth_per_request=1)), JOBS)
    check("top level", [job["name"] for job in server.get_jobs()], ["hangs", "off", "plain", "shop", "web"])
    check("a folder", [server.is_folder(name) for name in ("web", "shop/release", "plain")], [True, True, False])
    check("job name", server.get_job_name("web/deploy"), "deploy")
    check("a branch", server.get_job_info("shop/release/feature%2Fx")["displayName"], "feature/x")
    check("unknown name", server.get_job_name("web/none"), None)
    check("exists", [bool(server.job_exists(name)) for name in ("web/deploy", "web/none", "none/x")], [True, False, False])
    refused("unknown job", jenkins.JenkinsException, lambda: server.get_job_info("web/none"))
    info = server.get_job_info("web/deploy")
    [definitions] = [p["parameterDefinitions"] for p in info["property"] if "parameterDefinitions" in p]
    check("parameters", [d["name"] for d in definitions], ["VERSION", "TARGET", "DRY_RUN", "KEY"])
    check("types", [d["type"].removesuffix("ParameterDefinition") for d in definitions],
          ["String", "Choice", "Boolean", "Password"])
    check("choices", definitions[1]["choices"], ["staging", "production"])
    check("next build", info["nextBuildNumber"], 1)
    check("no builds", (info["builds"], info["lastBuild"], info["color"]), ([], None, "notbuilt"))

    # A build, from its place in the queue to its end.
    wanted = {"VERSION": "v1.2 & more", "TARGET": "production", "DRY_RUN": "true", "UNKNOWN": "x"}
    item = server.build_job("web/deploy", wanted)
    queued = server.get_queue_item(item)
    kept = {"VERSION": "v1.2 & more", "TARGET": "production", "DRY_RUN": True}
    check("queued parameters", parameters(queued["actions"]), kept)
    check("queued task", queued["task"]["name"], "deploy")
    check("in the queue", [i["id"] for i in server.get_queue_info()], [item])
    left = until("the build begins", lambda: server.get_queue_item(item).get("executable") and server.get_queue_item(item))
    check("left the queue", (left["_class"], left["cancelled"], left["why"]), ("hudson.model.Queue$LeftItem", False, None))
    number = left["executable"]["number"]
    check("number", number, 1)
    build = server.get_build_info("web/deploy", number)
    check("running", (build["building"], build["result"], build["queueId"]), (True, None, item))
    stages = server.get_build_stages("web/deploy", number)
    check("first stage", [(s["name"], s["status"]) for s in stages["stages"]][:1], [("Build", "IN_PROGRESS")])
    build = until("the build ends", lambda: (b := server.get_build_info("web/deploy", number))["result"] and b)
    check("result", (build["result"], build["building"], build["inProgress"]), ("SUCCESS", False, False))
    check("duration", build["duration"], 30_000)
    check("build parameters", parameters(build["actions"]), kept)
    check("display name", build["fullDisplayName"], "web » deploy #1")
    check("url", build["url"], f"{url}/job/web/job/deploy/1/")
    stages = server.get_build_stages("web/deploy", number)
    check("stages", [(s["name"], s["status"], s["durationMillis"]) for s in stages["stages"]],
          [("Build", "SUCCESS", 10_000), ("Roll out", "SUCCESS", 20_000)])
    log = server.get_build_console_output("web/deploy", number)
    check("console", ("Grüße aus der Werkstatt\n" in log, log.endswith("Finished: SUCCESS\n")), (True, True))
    info = server.get_job_info("web/deploy", fetch_all_builds=True)
    check("job after it", (info["lastBuild"]["number"], info["lastSuccessfulBuild"]["number"], info["color"]), (1, 1, "blue"))
    refused("unknown build", jenkins.JenkinsException, lambda: server.get_build_info("web/deploy", 99))

    # The other ways in which a build may end.
    item = server.build_job("web/fails")
    until("a build fails", lambda: server.get_job_info("web/fails")["lastFailedBuild"])
    stages = server.get_build_stages("web/fails", 1)
    check("failed stages", (stages["status"], [s["status"] for s in stages["stages"]]),
          ("FAILED", ["SUCCESS", "FAILED", "NOT_EXECUTED"]))
    server.build_job("hangs")
    until("it hangs", lambda: server.get_job_info("hangs")["lastBuild"])
    server.stop_build("hangs", 1)
    check("stopped", server.get_build_info("hangs", 1)["result"], "ABORTED")
    server.build_job("plain")
    until("a plain job is built", lambda: server.get_job_info("plain")["lastCompletedBuild"])
    check("no stages", server.get_build_stages("plain", 1), None)
    server.build_job("shop/release/feature%2Fx")
    until("a branch is built", lambda: server.get_job_info("shop/release/feature%2Fx")["lastStableBuild"])

    # Cancelling a build in the queue, and requests that are refused.
    item = server.build_job("web/slow", {"VERSION": "v1"})
    server.cancel_queue(item)
    check("cancelled", server.get_queue_item(item)["cancelled"], True)
    check("queue", [i for i in server.get_queue_info() if i["id"] == item], [])
    refused("unknown item", jenkins.JenkinsException, lambda: server.get_queue_item(9_999))
    refused("disabled", requests.HTTPError, lambda: server.build_job("off"))
    refused("no parameters", requests.HTTPError, lambda: server.build_job("plain", {"A": "1"}))
    refused("no form", requests.HTTPError, lambda: server.build_job("web/deploy"))
    refused("unknown job to build", jenkins.NotFoundException, lambda: server.build_job("web/none", {"A": "1"}))
    stranger = jenkins.Jenkins(url, username=user, password="wrong")
    check("wrong token", "[401]" in refused("wrong token", jenkins.JenkinsException, stranger.get_whoami), True)
    nobody = jenkins.Jenkins(url)
    check("no token", "[403]" in refused("no token", jenkins.JenkinsException, nobody.get_whoami), True)
    print("python-jenkins: all agreed")


def with_jenkinsapi(url, user, token):
    print("jenkinsapi")
    server = Jenkins(url, username=user, password=token, timeout=PATIENCE_S)
    check("jobs", sorted(server.jobs.keys()), [name for name in JOBS if name not in ("shop", "shop/release", "web")])
    check("version", server.version, "2.579")
    refused("unknown job", UnknownJob, lambda: server["web/none"])
    job = server["web/deploy"]
    check("parameters", sorted(job.get_params_list()), ["DRY_RUN", "KEY", "TARGET", "VERSION"])
    check("has parameters", (job.has_params(), server["plain"].has_params()), (True, False))
    check("enabled", (job.is_enabled(), server["off"].is_enabled()), (True, False))
    before = job.get_last_buildnumber()

    # The client accepts a 201 or a 303, and checks that the Location begins with the URL that it was given.
    item = job.invoke(build_params={"VERSION": "v2", "TARGET": "production"})
    same = job.invoke(build_params={"VERSION": "v2", "TARGET": "production"})
    check("merged", (same.queue_id, len(same.get_causes())), (item.queue_id, 2))
    # The client's get_queue_item() loses the path of the root URL, so the job itself is asked here.
    check("queued", (item.is_queued(), job.is_queued()), (True, True))
    check("queue item", job.poll(tree="queueItem[id,url]")["queueItem"]["url"], f"queue/item/{item.queue_id}/")
    check("queued parameters", {k: v for k, v in item.get_parameters().items() if v is not None},
          {"VERSION": "v2", "TARGET": "production", "DRY_RUN": False})
    check("known to the job", len(server.get_queue().get_queue_items_for_job("deploy")), 1)
    build = item.block_until_building(delay=0.01)
    check("number", build.get_number(), before + 1)
    check("running", build.is_running(), True)
    streamed = "".join(build.stream_logs(interval=0.01))
    check("not running", build.is_running(), False)
    check("streamed", streamed.replace("\r\n", "\n"), build.get_console())
    check("good", build.is_good(), True)
    check("result", build.get_status(), "SUCCESS")
    check("parameters", {k: v for k, v in build.get_params().items() if v is not None},
          {"VERSION": "v2", "TARGET": "production", "DRY_RUN": False})
    check("causes", [c["userId"] for c in build.get_causes()], [user, user])
    check("duration", build.get_duration().total_seconds(), 30.0)
    check("url", build.get_build_url(), f"{url}/job/web/job/deploy/{before + 1}/")
    check("known builds", sorted(job.get_build_dict()), list(range(1, before + 2)))
    check("last good", job.get_last_good_buildnumber(), before + 1)
    refused("unknown build", NotFound, lambda: job.get_build(99))

    # A build with its own quiet period, and stopping it.
    hangs = server["hangs"]
    build = hangs.invoke(quiet_period=0).block_until_building(delay=0.01)
    check("stop", (build.is_running(), build.stop(), build.is_running()), (True, True, False))
    build.poll()
    check("stopped", hangs.get_build(build.get_number()).get_status(), "ABORTED")

    # The queue.
    item = server["web/slow"].invoke(build_params={"VERSION": "v3"})
    queue = server.get_queue()
    check("queue", [i for i in queue.keys() if i == item.queue_id], [item.queue_id])
    queue.delete_item(item)
    queue.poll()
    check("deleted", [i for i in queue.keys() if i == item.queue_id], [])
    refused("no parameters", BadParams, lambda: server["plain"].invoke(build_params={"A": "1"}))
    refused("disabled", Exception, lambda: server["off"].invoke())
    refused("wrong token", requests.HTTPError, lambda: Jenkins(url, username=user, password="wrong"))
    print("jenkinsapi: all agreed")


if __name__ == "__main__":
    base, name, secret = sys.argv[1:]
    with_python_jenkins(base, name, secret)
    with_jenkinsapi(base, name, secret)
