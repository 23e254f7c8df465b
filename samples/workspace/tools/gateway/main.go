// Command gateway passes requests on to the service and answers health checks itself.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	config, err := LoadConfig(os.Getenv("GATEWAY_CONFIG"))
	if err != nil {
		log.Fatal(fmt.Errorf("starting: %w", err))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", handleHealth)
	mux.HandleFunc("/status", handleStatus(config))
	mux.HandleFunc("/orders/", handleForward(config))
	log.Printf("listening on %s", config.Listen)
	if err := http.ListenAndServe(config.Listen, mux); err != nil {
		log.Fatal(fmt.Errorf("serving: %w", err))
	}
}
