//go:build parts

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedules "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/internal/localaws"
	"disputecloser/internal/sandbox"
)

const (
	deployedName   = "disputectl"
	deployedPolicy = "test/stack/policy.yaml"
)

// TestOnADeployedStack is an operator's first day with the real template: deploy it, give it its secrets, register its
// webhook, see that it is healthy, and find what somebody breaks.
func TestOnADeployedStack(t *testing.T) {
	s := deployStack(t)
	s.want(cli.Found, `API key +.*not stored`, `endpoint +there is no key`, `due cases +none`).run("doctor", "--stack", deployedName, "--url", s.url, "--policy", s.policy)
	s.giveUp("dp_real")
	s.stdin = "sk_live_stack\n"
	s.want(cli.Found, `the host is the test one`).run("secret", "set", "api-key", "--stack", deployedName, "--wooshpay", "https://apitest.wooshpay.com")
	s.stdin = "sk_test_stack\n"
	s.want(cli.Fine, `the API key of the test mode is stored`).run("secret", "set", "api-key", "--stack", deployedName)
	s.want(cli.Fine, `is registered for `+s.url, `was not shown`).run("webhook", "create", "--stack", deployedName, "--url", s.url)
	s.want(cli.Found, `is registered already, as we_`).run("webhook", "create", "--stack", deployedName, "--url", s.url)
	s.redrives("dp_real")
	s.want(cli.Fine, `all 5 about disputes`).run("webhook", "list", "--stack", deployedName)
	s.want(cli.Fine, `29 ok, 1 warn, 0 fail`, `closing +closing is off: nobody`).run("doctor", "--stack", deployedName, "--url", s.url, "--policy", s.policy)
	s.want(cli.Fine, `Closing   off: nobody has turned it on`).run("status", "--table", s.resource("Table"))
	s.want(cli.Fine, `Closing is on for this table, by ops`).run("resume", "--why", "the stack is checked", "--who", "ops", "--table", s.resource("Table"))
	s.want(cli.Fine, `30 ok, 0 warn, 0 fail`).run("doctor", "--stack", deployedName, "--url", s.url, "--policy", s.policy)
	s.actWith("MaintainerPolicy")
	// MiniStack takes a look at one mapping for a list of all, which the policy does not allow.
	s.want(cli.Unreachable, `stream to closer +.*lambda:ListEventSourceMappings`, `29 ok, 0 warn, 0 fail, 1 could not`).run("doctor", "--stack", deployedName, "--url", s.url, "--policy", s.policy)
	s.stdin = "sk_test_stack\n"
	s.want(cli.Fine, `the API key of the test mode is stored`).run("secret", "set", "api-key", "--stack", deployedName)
	for _, kind := range delivery.Kinds() {
		s.want(cli.Fine, `as expected`).run("send", "--kind", string(kind), "--stack", deployedName, "--url", s.url)
	}
	s.reads()
	s.actAsRoot()

	s.breakStack()
	s.want(cli.Found, `schedule of sweep +schedule \S+ is DISABLED`, `undelivered records +1 in the queue`,
		`stream to closer +it is Disab`, `policy +deployed is [0-9a-f]{12}, live; the local one is [0-9a-f]{12}`).
		run("doctor", "--stack", deployedName, "--url", s.url, "--policy", "../../policy.yaml")
	s.want(cli.Unreachable, `there is no stack nobody`).run("doctor", "--stack", "nobody")
}

// stack is a deployed stack, and its operator's terminal.
type stack struct {
	t           *testing.T
	aws         *localaws.MiniStack
	url, policy string
	stdin       string

	code     int
	patterns []string
	people   int // who acted with a policy so far
}

func deployStack(t *testing.T) *stack {
	t.Helper()
	root, err := localaws.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	disputes := sandbox.New(sandbox.Options{})
	if _, err := disputes.OpenSilently(sandbox.Dispute{ID: "dp_real", Amount: 900}); err != nil { // doctor reads its charge
		t.Fatal(err)
	}
	wooshpay := httptest.NewServer(disputes)
	t.Cleanup(wooshpay.Close)
	s := &stack{t: t, aws: localaws.StartMiniStack(t), policy: filepath.Join(root, deployedPolicy)}
	build := t.TempDir()
	config := write(t, "samconfig.toml", "version = 0.1\n") // nobody's deployment settings
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	s.sam(root, "build", "--config-file", config, "--build-dir", build,
		"--parameter-overrides", "Architecture="+architecture)
	s.sam(root, "deploy", "--config-file", config, "--template-file", filepath.Join(build, "template.yaml"),
		"--stack-name", deployedName, "--resolve-s3", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
		"--no-confirm-changeset", "--no-progressbar",
		"--parameter-overrides", "Architecture="+architecture, "DataPolicy=Delete", "AlarmEmail=ops@example.com", "WooshpayUrl="+wooshpay.URL)
	s.actAsRoot()
	t.Setenv("AWS_CONFIG_FILE", write(t, "config", ""))
	s.addRoute()
	s.protectTable()
	return s
}

// protectTable switches on what the template says of the table's backups and expiry, which MiniStack leaves out.
func (s *stack) protectTable() {
	s.t.Helper()
	client, table := dynamodb.NewFromConfig(s.aws.Config()), aws.String(s.resource("Table"))
	_, err := client.UpdateContinuousBackups(s.t.Context(), &dynamodb.UpdateContinuousBackupsInput{
		TableName: table, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
	})
	if err == nil {
		_, err = client.UpdateTimeToLive(s.t.Context(), &dynamodb.UpdateTimeToLiveInput{
			TableName: table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires_at_s"), Enabled: aws.Bool(true)},
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// sam runs SAM CLI with a build folder of its own, so that nobody else's build gets in its way.
func (s *stack) sam(root string, args ...string) {
	s.t.Helper()
	program, err := localaws.Tool("sam/bin/sam")
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), program, args...)
	cmd.Dir = root
	cmd.Env = append(s.aws.Env(), "SAM_CLI_TELEMETRY=0", "POLICY="+deployedPolicy,
		"MAKEFLAGS= -- BUILD="+s.t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("sam %s: %v\n%s", args[0], err, out)
	}
}

// addRoute adds what the template's API says in its OpenAPI body, and stands in for the API's host.
func (s *stack) addRoute() {
	s.t.Helper()
	api := s.resource("Api")
	if err := s.aws.AddRoute(s.t.Context(), api, "POST /webhook", s.resource("Webhook")); err != nil {
		s.t.Fatal(err)
	}
	// On AWS the host finds the API; here every API answers at one address, and the Host header tells them apart.
	target := &url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", s.aws.Port)}
	front := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = s.aws.APIHost(api)
	}})
	s.t.Cleanup(front.Close)
	s.url = front.URL + "/webhook"
}

// opened is the stack as it is described, with its resources.
func (s *stack) opened() deployment.Stack {
	s.t.Helper()
	cloud, err := access.Connect(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	opened, err := deployment.Open(s.t.Context(), cloud.Stacks, deployedName)
	if err == nil {
		opened, err = opened.WithResources(s.t.Context(), cloud.Stacks)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return opened
}

func (s *stack) resource(logicalID string) string {
	s.t.Helper()
	name, err := s.opened().Resource(logicalID)
	if err != nil {
		s.t.Fatal(err)
	}
	return name
}

// actWith gives the operator one of the stack's policies, and nothing else.
func (s *stack) actWith(output string) {
	s.t.Helper()
	s.actAsRoot()
	policy, err := s.opened().Output(output)
	if err != nil {
		s.t.Fatal(err)
	}
	s.people++
	config, err := s.aws.WithPolicy(s.t.Context(), fmt.Sprint("with-", output, "-", s.people), policy)
	if err != nil {
		s.t.Fatal(err)
	}
	who, err := config.Credentials.Retrieve(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Setenv("AWS_ACCESS_KEY_ID", who.AccessKeyID)
	s.t.Setenv("AWS_SECRET_ACCESS_KEY", who.SecretAccessKey)
	s.t.Setenv("AWS_SESSION_TOKEN", who.SessionToken)
}

// actAsRoot lets the operator do everything.
func (s *stack) actAsRoot() {
	for _, entry := range s.aws.Env() {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") {
			s.t.Setenv(name, value)
		}
	}
	s.t.Setenv("AWS_SESSION_TOKEN", "")
}

// reads looks at the cases as a maintainer does.
func (s *stack) reads() {
	s.t.Helper()
	const id = "dp_sent_by_disputectl"
	where := `stack ` + deployedName + ` in \S+, account 000000000000, by http://\S+, which is not AWS: test, closing is on`
	for _, args := range [][]string{{"list"}, {"status"}, {"show", id}, {"why", id}} {
		s.want(cli.Fine, where).run(append(args, "--stack", deployedName)...)
	}
	s.want(cli.Fine, id).run("export", "--stack", deployedName)
	s.actWith("OperatorPolicy")
	s.want(cli.Unreachable, `credentials may not`).run("doctor", "--stack", deployedName)
}

// breakStack stops the closer's trigger and a schedule, and has a record given up.
func (s *stack) breakStack() {
	s.t.Helper()
	ctx, cfg := s.t.Context(), s.aws.Config()
	_, err := lambda.NewFromConfig(cfg).UpdateEventSourceMapping(ctx, &lambda.UpdateEventSourceMappingInput{
		UUID: aws.String(s.resource("CloserArmed")), Enabled: aws.Bool(false),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	client, name := scheduler.NewFromConfig(cfg), s.resource("SweepSchedule")
	was, err := client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String(name)})
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = client.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
		Name: aws.String(name), State: schedules.ScheduleStateDisabled, Target: was.Target,
		ScheduleExpression: was.ScheduleExpression, FlexibleTimeWindow: was.FlexibleTimeWindow,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = sqs.NewFromConfig(cfg).SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: aws.String(s.resource("UndeliveredRecords")), MessageBody: aws.String("{}"),
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// want says how the next command must end, and what it must say.
func (s *stack) want(code int, patterns ...string) *stack {
	s.code, s.patterns = code, patterns
	return s
}

func (s *stack) run(args ...string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	a := &access.Env{
		Console:   cli.Console{Stdin: strings.NewReader(s.stdin), Stdout: &out, Stderr: &out, Now: time.Now, Getenv: os.Getenv},
		OpenTable: access.OpenTable,
		Shell:     access.AWSShell,
		Cloud:     access.Connect,
		HTTP:      delivery.Client(),
	}
	code := command.Run(ctx, a, args)
	s.stdin = ""
	s.t.Logf("$ disputectl %s\n%s(exit code %d)", strings.Join(args, " "), &out, code)
	if code != s.code {
		s.t.Errorf("exit code %d, want %d", code, s.code)
	}
	for _, pattern := range s.patterns {
		if !regexp.MustCompile(pattern).MatchString(out.String()) {
			s.t.Errorf("no match for %s", pattern)
		}
	}
	if regexp.MustCompile(`whsec_|sk_(test|live)_stack`).Match(out.Bytes()) {
		s.t.Error("it shows a secret")
	}
}
