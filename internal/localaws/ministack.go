package localaws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

const (
	miniStackReadyLimit = 60 * time.Second
	rootKey             = "test" // MiniStack lets this access key do everything
)

// MiniStack is one MiniStack, with IAM enforced, in a process of its own.
type MiniStack struct {
	// Endpoint is its address, such as "http://127.0.0.1:41234".
	Endpoint string
	// Port is the endpoint's port: an API is reached there with Host: <api id>.execute-api.localhost:<port>.
	Port int

	services []string // those it serves; all if empty
	temp     string
	child    *process
}

// StartMiniStack starts a MiniStack that ends with the test, and shows its output if the test failed.
func StartMiniStack(tb testing.TB) *MiniStack {
	tb.Helper()
	m, err := RunMiniStack()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("MiniStack said:\n%s", m.Output())
		}
		if err := m.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return m
}

// RunMiniStack starts a MiniStack that runs until Stop: for TestMain. It serves only these services, named as MiniStack
// names them, such as "dynamodb"; without a name, all that it has.
func RunMiniStack(services ...string) (*MiniStack, error) {
	temp, err := os.MkdirTemp("", "ministack-")
	if err != nil {
		return nil, fmt.Errorf("start MiniStack: %w", err)
	}
	m := &MiniStack{temp: temp, services: services}
	if err := insist(m.startOnFreePort); err != nil {
		return nil, errors.Join(fmt.Errorf("start MiniStack: %w", err), m.Stop())
	}
	return m, nil
}

func (m *MiniStack) startOnFreePort() error {
	python, err := Tool("ministack/bin/python")
	if err != nil {
		return err
	}
	root, err := ModuleRoot()
	if err != nil {
		return err
	}
	if m.Port, err = freePort(); err != nil {
		return err
	}
	m.Endpoint = fmt.Sprintf("http://127.0.0.1:%d", m.Port)
	cmd := exec.Command(python, filepath.Join(root, "tools", "ministack", "with-leading-keys.py"))
	cmd.Env = append(m.Env(),
		"AUTH=true", // without it every call is allowed, and least privilege is not tested
		"SERVICES="+strings.Join(m.services, ","),
		"BIND_HOST=127.0.0.1", "GATEWAY_PORT="+strconv.Itoa(m.Port),
		"IOT_MTLS_ENABLED=0", "SFTP_ENABLED=0", // listeners nobody here needs
		"LAMBDA_EXECUTOR=local",
		"TMPDIR="+m.temp, "STATE_DIR="+filepath.Join(m.temp, "state"), "S3_DATA_DIR="+filepath.Join(m.temp, "s3"),
	)
	// SIGTERM, not SIGKILL, lets it end the functions it runs.
	m.child, err = startProcess(cmd, filepath.Join(m.temp, "log"), syscall.SIGTERM)
	if err != nil {
		return err
	}
	return m.child.waitReady(miniStackReadyLimit, m.answers)
}

func (m *MiniStack) answers(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.Endpoint+"/_ministack/ready", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("ready: %s", res.Status)
	}
	return nil
}

// Env returns this process's environment, turned towards MiniStack: for SAM CLI, or any program with an AWS SDK.
// A caller's own AWS settings are left out, so that nothing can reach the real AWS.
func (m *MiniStack) Env() []string {
	var env []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "AWS_") {
			env = append(env, entry)
		}
	}
	return append(env,
		"AWS_ENDPOINT_URL="+m.Endpoint, "AWS_REGION="+Region, "AWS_DEFAULT_REGION="+Region,
		"AWS_ACCESS_KEY_ID="+rootKey, "AWS_SECRET_ACCESS_KEY="+rootKey)
}

// Config returns the settings of a client that may do everything.
func (m *MiniStack) Config() aws.Config {
	return m.ConfigFor(credentials.NewStaticCredentialsProvider(rootKey, rootKey, ""))
}

// ConfigFor returns the settings of a client with the given credentials, such as an assumed role's.
func (m *MiniStack) ConfigFor(who aws.CredentialsProvider) aws.Config {
	return aws.Config{
		BaseEndpoint: aws.String(m.Endpoint),
		Region:       Region,
		Credentials:  who,
		HTTPClient:   &http.Client{Timeout: 60 * time.Second},
	}
}

// Output returns the end of what it wrote, the functions' own output included.
func (m *MiniStack) Output() string { return m.child.output() }

// Stop ends it with the functions it runs, and removes its files.
func (m *MiniStack) Stop() error {
	var err error
	if m.child != nil {
		err = m.child.stop(syscall.SIGTERM)
	}
	return errors.Join(err, os.RemoveAll(m.temp))
}
