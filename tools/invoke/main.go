// Invoke runs one function in Lambda's own container image, by `sam local invoke`, on an event of events/, and says what
// changed. What the function calls is that of `make local-aws`: the running one, or one of its own. A webhook's event is
// signed afresh, unless it is one that somebody forged.
//
//	invoke [-function NAME] [-event NAME] [-- flags of sam local invoke]
//
// It needs Docker, SAM CLI and MiniStack (`make tools`). Without a function it takes the event's, without an event one that
// shows what the function does.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"disputecloser/internal/localaws"
	"disputecloser/internal/samlocal"
	"disputecloser/shared/config"
)

func main() {
	function := flag.String("function", "", "the function, such as closer")
	event := flag.String("event", "", "the event, a file of events/ without its ending, such as stream-armed")
	flag.Parse()
	if *function == "" && *event == "" {
		*function = string(config.Webhook)
	}
	if err := run(context.Background(), *function, *event, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "invoke:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, wantedFunction, wantedEvent string, flags []string) (err error) {
	function, event, err := samlocal.Choose(samlocal.Folder, wantedFunction, wantedEvent)
	if err != nil {
		return err
	}
	if err := findDocker(ctx); err != nil {
		return err
	}
	sam, err := localaws.Tool("sam/bin/sam")
	if err != nil {
		return err
	}
	settings, err := samlocal.ReadSettings()
	if err != nil {
		return err
	}
	stop, err := provide(ctx, settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	folder := filepath.Join(".build", samlocal.Folder)
	if err := samlocal.Sign(samlocal.Folder, folder, time.Now()); err != nil {
		return err
	}
	if err := build(ctx, sam); err != nil {
		return err
	}
	return show(ctx, settings, func() error {
		return invoke(ctx, sam, function, filepath.Join(folder, event+".json"), flags)
	})
}

// findDocker returns an error that says what to do if no engine answers.
func findDocker(ctx context.Context) error {
	const what = "no Docker engine answers, and `sam local` runs functions in containers: start Docker Desktop, or on Debian " +
		"install one with `apt-get install -y docker.io` and start dockerd; `make demo` and `disputectl local` run the same functions without one"
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "docker", "version", "--format", "{{.Server.Version}}").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s (%w: %s)", what, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// provide starts what the functions call, unless it runs already, and returns what ends it.
func provide(ctx context.Context, s samlocal.Settings) (stop func() error, err error) {
	containers, found := samlocal.Containers()
	if !found {
		containers = netip.Prefix{}
	}
	running, err := samlocal.Running(ctx, s, containers)
	if err != nil {
		return nil, err
	}
	if running {
		fmt.Println("The running `make local-aws` serves.")
		return func() error { return nil }, nil
	}
	world, err := samlocal.Start(ctx, s, containers, time.Now().UTC())
	if err != nil {
		return nil, err
	}
	return world.Stop, nil
}

// build shows SAM's output only if it fails.
func build(ctx context.Context, sam string) error {
	cmd := exec.CommandContext(ctx, sam, "build", "--parameter-overrides", "Architecture="+architecture())
	cmd.Env = append(os.Environ(), "SAM_CLI_TELEMETRY=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("sam build: %w\n%s", err, out)
	}
	return nil
}

// invoke shows the function's answer. SAM CLI exits 0 even if the function failed.
func invoke(ctx context.Context, sam string, function config.Function, event string, flags []string) error {
	name := strings.ToUpper(string(function[:1])) + string(function[1:])
	args := append([]string{"local", "invoke", name, "--event", event, "--parameter-overrides", "Architecture=" + architecture()}, flags...)
	fmt.Println("$ sam", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, sam, args...)
	cmd.Env = append(os.Environ(), "SAM_CLI_TELEMETRY=0")
	cmd.Stderr = os.Stderr
	answer, err := cmd.Output()
	fmt.Println(strings.TrimSpace(string(answer)))
	if err != nil {
		return fmt.Errorf("sam local invoke: %w", err)
	}
	return failureIn(answer)
}

// failureIn returns the error that the answer reports. Above the answer stand the metrics that the function printed.
func failureIn(out []byte) error {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var failure struct{ ErrorMessage string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &failure); err != nil {
		return fmt.Errorf("the function gave no answer: %w", err)
	}
	if failure.ErrorMessage != "" {
		return fmt.Errorf("the function failed: %s", failure.ErrorMessage)
	}
	return nil
}

// show says what changes while something is done.
func show(ctx context.Context, s samlocal.Settings, do func() error) error {
	view, err := samlocal.NewView(s)
	if err != nil {
		return err
	}
	before, err := view.Picture(ctx)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	after, err := view.Picture(ctx)
	if err != nil {
		return err
	}
	changes := after.Since(before)
	if len(changes) == 0 {
		fmt.Println("Nothing changed in the table or at WooshPay.")
	}
	for _, change := range changes {
		fmt.Println(change)
	}
	return nil
}

func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}
