module example.org/harbour/gateway

go 1.22
