package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

func TestWebhooksAreGenuineAndDiffer(t *testing.T) {
	now := time.Now().UTC()
	for k, want := range map[kind]struct{ disputes, versions int }{repeated: {1, 1}, changed: {1, 3}, fresh: {3, 3}} {
		ids, disputes, versions := map[string]bool{}, map[dispute.ID]bool{}, map[string]bool{}
		for _, webhook := range k.deal(now, 3, signingSecret) {
			var request events.APIGatewayV2HTTPRequest
			if err := json.Unmarshal(webhook, &request); err != nil {
				t.Fatal(err)
			}
			err := wooshpay.Verify(request.Headers["wooshpay-signature"], []byte(request.Body), []string{signingSecret}, now, time.Minute, time.Minute)
			if err != nil {
				t.Error(k, err)
			}
			event, err := dispute.ParseEvent([]byte(request.Body))
			if err != nil {
				t.Fatal(err)
			}
			d, err := event.Dispute()
			if err != nil {
				t.Fatal(err)
			}
			ids[event.ID], disputes[d.ID], versions[string(d.Raw())] = true, true, true
		}
		if len(ids) != 3 || len(disputes) != want.disputes || len(versions) != want.versions {
			t.Errorf("%s: %d events, %d disputes, %d versions of them", k, len(ids), len(disputes), len(versions))
		}
	}
}

func TestBadArgumentsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		"-starts and -warm must be 1 or more":     {"-starts", "0"},
		`-news: "old" is not one of`:              {"-news", "old"},
		`-mb: "1k" is not a memory size in MB`:    {"-mb", "128,1k"},
		`-tls: "maybe" is neither yes nor no`:     {"-tls", "maybe"},
		`"./peer" is not name=command`:            {"-bootstrap", "x", "./peer"},
		`"peer=" is not name=command`:             {"-bootstrap", "x", "peer="},
		"flag provided but not defined: -unknown": {"-unknown"},
	} {
		if _, err := parse(args, t.TempDir()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", args, err, want)
		}
	}
}

// A process that computes has used CPU time, and one that waits has not.
func TestCPUTimeIsTheProcessesOwn(t *testing.T) {
	for name, c := range map[string]struct {
		script      string
		least, most time.Duration
	}{
		"computes": {"i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exec sleep 60", 10 * time.Millisecond, time.Minute},
		"waits":    {"exec sleep 60", 0, 50 * time.Millisecond},
	} {
		cmd := exec.Command("sh", "-c", c.script)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { _, _ = cmd.Process.Kill(), cmd.Wait() }() // it does not end by itself
		for limit := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			line, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/comm")
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(string(line)) == "sleep" || time.Now().After(limit) {
				break
			}
		}
		used, err := cpuTime(cmd.Process.Pid)
		if err != nil || used < c.least || used > c.most {
			t.Errorf("it %s: %s, %v", name, used, err)
		}
		if peak, err := peakMemory(cmd.Process.Pid); err != nil || peak < 100<<10 || peak > 1<<30 {
			t.Errorf("it %s: %d bytes, %v", name, peak, err)
		}
	}
}

func TestResultsAreInGosBenchmarkFormat(t *testing.T) {
	p := plan{kind: repeated, commands: []command{{name: "ours"}}}
	var b book
	b.add(p, setting{mb: 128, tls: true}, map[string][]figures{"ours": {{
		init: 5 * time.Millisecond, cold: 2 * time.Millisecond, warm: time.Millisecond,
		cpuInit: 4 * time.Millisecond, cpuCold: 3 * time.Millisecond, cpuWarm: 1500 * time.Microsecond, peak: 16 << 20,
	}}})
	want := "BenchmarkWebhook/by=ours/mb=128/tls=true/news=repeated 1 7.000 init+cold-ms 1.000 warm-ms 4.000 init-cpu-ms 3.000 cold-cpu-ms 1.500 warm-cpu-ms 16.000 rss-MB\n"
	if b.String() != want {
		t.Errorf("got  %swant %s", b.String(), want)
	}
}
