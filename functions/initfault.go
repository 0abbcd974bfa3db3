package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
)

// Lambda's Runtime API has a call for a function that cannot start (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html),
// which aws-lambda-go never makes: without it, Lambda and SAM say only that the process exited.
const (
	initErrorPath   = "/2018-06-01/runtime/init/error"
	errorTypeHeader = "Lambda-Runtime-Function-Error-Type"
	// cannotStart has the form that the Runtime API asks for: a category and a reason.
	cannotStart = "Function.CannotStart"
	// reportTimeout bounds the call. Its server is in the same machine.
	reportTimeout = 2 * time.Second
)

// reportInitFault tells Lambda why the function cannot start, so that the invocation's error says it. The address is that of
// AWS_LAMBDA_RUNTIME_API. Without one, the executable runs outside Lambda and there is nobody to tell.
func reportInitFault(ctx context.Context, address string, fault error) error {
	if address == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, reportTimeout)
	defer cancel()
	body, err := json.Marshal(messages.InvokeResponse_Error{
		Type: cannotStart, Message: "the function cannot start: " + strings.ReplaceAll(fault.Error(), "\n", "; "),
	})
	if err != nil {
		return fmt.Errorf("report the fault to Lambda: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+initErrorPath, bytes.NewReader(body)) //nolint:gosec // Lambda sets the address
	if err != nil {
		return fmt.Errorf("report the fault to Lambda: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(errorTypeHeader, cannotStart)
	direct := &http.Client{Transport: &http.Transport{}} // no proxy stands before the Runtime API
	res, err := direct.Do(req)                           //nolint:gosec // as above
	if err != nil {
		return fmt.Errorf("report the fault to Lambda: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusAccepted {
		answer, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10))
		return fmt.Errorf("report the fault to Lambda: %s: %s", res.Status, bytes.TrimSpace(answer))
	}
	return nil
}
