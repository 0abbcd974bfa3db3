package localaws

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	// Region is the region that every local part believes to be in.
	Region = "us-east-1"

	dynamoReadyLimit = 60 * time.Second
)

// DynamoDB is one DynamoDB Local, in a process of its own.
type DynamoDB struct {
	// Endpoint is its address, such as "http://127.0.0.1:41234".
	Endpoint string

	port  int
	temp  string // its temporary files and log
	disk  string // its database, or "" in memory
	child *process
}

// StartDynamoDBOnDisk starts a DynamoDB Local that ends with the test. It keeps what it acknowledged in a folder of the
// test, so that it survives Kill and Restart.
func StartDynamoDBOnDisk(tb testing.TB) *DynamoDB {
	tb.Helper()
	d, err := RunDynamoDB(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

// RunDynamoDB starts a DynamoDB Local that runs until Stop: for TestMain, or for sharing one among a package's
// tests. With disk "" its data is in memory, otherwise in that folder.
func RunDynamoDB(disk string) (*DynamoDB, error) {
	temp, err := os.MkdirTemp("", "dynamodb-local-")
	if err != nil {
		return nil, fmt.Errorf("start DynamoDB Local: %w", err)
	}
	d := &DynamoDB{temp: temp, disk: disk}
	if err := insist(d.startOnFreePort); err != nil {
		return nil, errors.Join(fmt.Errorf("start DynamoDB Local: %w", err), d.Stop())
	}
	return d, nil
}

func (d *DynamoDB) startOnFreePort() error {
	port, err := freePort()
	if err != nil {
		return err
	}
	d.port, d.Endpoint = port, fmt.Sprintf("http://127.0.0.1:%d", port)
	return d.startProcess()
}

func (d *DynamoDB) startProcess() error {
	jars, err := Tool("dynamodb-local")
	if err != nil {
		return err
	}
	storage := []string{"-inMemory"}
	if d.disk != "" {
		storage = []string{"-dbPath", d.disk}
	}
	args := append([]string{
		"-Xmx384m", "-Djava.io.tmpdir=" + d.temp, "-cp", filepath.Join(jars, "*"),
		"com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
		"-disableTelemetry", "-port", strconv.Itoa(d.port),
	}, storage...)
	d.child, err = startProcess(exec.Command("java", args...), filepath.Join(d.temp, "log"), syscall.SIGKILL)
	if err != nil {
		return err
	}
	return d.child.waitReady(dynamoReadyLimit, d.answers)
}

func (d *DynamoDB) answers(ctx context.Context) error {
	_, err := d.ClientFor("ready").ListTables(ctx, &dynamodb.ListTablesInput{}, func(o *dynamodb.Options) {
		o.RetryMaxAttempts = 1
	})
	return err
}

// Client returns a client on a database of the test's own, empty and shared with nobody.
func (d *DynamoDB) Client(tb testing.TB) *dynamodb.Client {
	tb.Helper()
	return d.ClientFor("test" + rand.Text())
}

// ClientFor returns a client with the given access key, which must be alphanumeric. Each key is its own
// database: clients of one key see the same tables.
func (d *DynamoDB) ClientFor(accessKey string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(d.Endpoint),
		Region:       Region,
		Credentials:  credentials.NewStaticCredentialsProvider(accessKey, "secret", ""),
		HTTPClient:   &http.Client{Timeout: 30 * time.Second},
		// Its errors lack the checksum header, which would log a warning for each.
		DisableValidateResponseChecksum: true,
	})
}

// Kill ends the process as a crash would.
func (d *DynamoDB) Kill() error { return d.child.stop(syscall.SIGKILL) }

// Restart starts it again after Kill, at the same address. Only what is on disk is still there.
func (d *DynamoDB) Restart() error { return d.startProcess() }

// Stop ends it and removes its temporary files.
func (d *DynamoDB) Stop() error {
	var err error
	if d.child != nil {
		err = d.Kill()
	}
	return errors.Join(err, os.RemoveAll(d.temp))
}
