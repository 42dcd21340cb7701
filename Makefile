# Yiwang's set-up. Everything a run makes is under .run/ and .venv/.
.DEFAULT_GOAL := help
.PHONY: help up down status logs reset test lint servers
PYTHON := .venv/bin/python

help: ## this list
	@echo "Yiwang (一网): city operations and a live digital twin"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  ./yiwang --help  everything else"

up: ## set up this machine, and start the demo city in the background
	@ops/bootstrap.sh
	@$(PYTHON) -m ops up

down: ## stop what make up started
	@$(PYTHON) -m ops down

status: ## what runs where
	@$(PYTHON) -m ops status

logs: ## follow the city's log (Ctrl-C ends the following only)
	@$(PYTHON) -m ops logs

reset: ## stop, and forget the demo city's data; downloads are kept
	@$(PYTHON) -m ops reset

test: ## run all tests (ARGS="-k journal" for some)
	@ops/bootstrap.sh --tests
	@$(PYTHON) -m ops test $(ARGS)

lint: ## check style and types
	@ops/bootstrap.sh
	@$(PYTHON) -m ops lint

servers: ## start PostgreSQL, Mosquitto and Kafka alone
	@ops/bootstrap.sh
	@$(PYTHON) -m ops servers
