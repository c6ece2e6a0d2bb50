// A small HTTP server on the standard library alone.
package main

import (
	_ "embed"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

//go:embed VERSION
var version string

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	http.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "ok")
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "go-http %s\n", strings.TrimSpace(version))
	})
	log.Printf("listening on %s", port)
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
