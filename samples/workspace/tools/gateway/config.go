package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// Config says where to listen and whom to call.
type Config struct {
	Listen  string `json:"listen"`
	Service string `json:"service"`
}

// LoadConfig reads the configuration file.
func LoadConfig(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	var config Config
	if err := json.Unmarshal(data, &config); err != nil {
		return nil, fmt.Errorf("parsing %s: %w", path, err)
	}
	return &config, nil
}
