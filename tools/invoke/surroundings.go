package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"disputecloser/internal/localaws"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/dynamo"
)

const (
	table         = "local"
	apiKey        = "sk_test_local"
	signingSecret = "whsec_local"
	built         = ".aws-sam/build/template.yaml"
)

// surroundings are what a function calls. They listen on the address at which a container reaches this machine; the
// function knows them as localhost, which is the only host that may be WooshPay without TLS.
type surroundings struct {
	host     string
	aws      *localaws.MiniStack
	wooshpay *httptest.Server
	sam      string // SAM CLI's path
	temp     string
}

func startSurroundings() (*surroundings, error) {
	sam, err := localaws.Tool("sam/bin/sam")
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "invoke-")
	if err != nil {
		return nil, err
	}
	s := &surroundings{sam: sam, temp: temp}
	if s.host, err = bridge(); err == nil {
		err = s.start()
	}
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// bridge returns this machine's address in Docker's default network (Linux).
func bridge() (string, error) {
	const what = "no Docker network; install Docker (apt-get install -y docker.io) and start dockerd"
	docker, err := net.InterfaceByName("docker0")
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	addresses, err := docker.Addrs()
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.To4() != nil {
			return network.IP.String(), nil
		}
	}
	return "", errors.New(what)
}

func (s *surroundings) start() error {
	listener, err := net.Listen("tcp", s.host+":0")
	if err != nil {
		return err
	}
	s.wooshpay = httptest.NewUnstartedServer(sandbox.New(sandbox.Options{Keys: []string{apiKey}}))
	_ = s.wooshpay.Listener.Close() // the loopback one it came with
	s.wooshpay.Listener = listener
	s.wooshpay.Start()
	if s.aws, err = localaws.RunMiniStackAt(s.host); err != nil {
		return err
	}
	return s.fill(context.Background())
}

// seen returns a URL of this machine as the function knows it.
func (s *surroundings) seen(url string) string { return strings.Replace(url, s.host, "localhost", 1) }

// fill makes the table and the secrets, and the file that tells the function of them.
func (s *surroundings) fill(ctx context.Context) error {
	tables := dynamodb.NewFromConfig(s.aws.Config(), dynamo.Options)
	if err := dynamo.CreateTable(ctx, tables, table); err != nil {
		return err
	}
	mark, err := dynamo.MarkOf(ctx, tables, table)
	if err != nil {
		return err
	}
	secrets := secretsmanager.NewFromConfig(s.aws.Config())
	for name, value := range map[string]string{"api-key": apiKey, "signing-secret": signingSecret} {
		in := &secretsmanager.CreateSecretInput{Name: aws.String(name), SecretString: aws.String(value)}
		if _, err := secrets.CreateSecret(ctx, in); err != nil {
			return fmt.Errorf("create secret %s: %w", name, err)
		}
	}
	env, err := json.Marshal(map[string]any{"Parameters": map[string]string{
		"TABLE": table, "TABLE_MARK": mark, "WOOSHPAY_URL": s.seen(s.wooshpay.URL),
		"API_KEY_SECRET": "api-key", "SIGNING_SECRET": "signing-secret",
	}})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.temp, "env.json"), env, 0o600)
}

// localTemplate writes the built template with the one variable more that leads the function to MiniStack. SAM CLI
// passes no variable that the template does not declare, and on AWS there is none to declare.
func (s *surroundings) localTemplate() (string, error) {
	text, err := os.ReadFile(built)
	if err != nil {
		return "", fmt.Errorf("read the built template (make build): %w", err)
	}
	const first = "\n        TABLE:"
	if !strings.Contains(string(text), first) {
		return "", fmt.Errorf("%s does not declare TABLE for all functions", built)
	}
	local := strings.Replace(string(text), first, "\n        AWS_ENDPOINT_URL: "+s.seen(s.aws.Endpoint)+first, 1)
	path := filepath.Join(filepath.Dir(built), "local.yaml") // beside the executables it names
	return path, os.WriteFile(path, []byte(local), 0o600)
}

func (s *surroundings) stop() error {
	if s.wooshpay != nil {
		s.wooshpay.Close()
	}
	var err error
	if s.aws != nil {
		err = s.aws.Stop()
	}
	return errors.Join(err, os.RemoveAll(s.temp))
}
