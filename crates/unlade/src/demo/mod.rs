//! `unlade demo`: the whole job against a throwaway server, through the public signed API, as a person with an
//! SDK would do it: product, upload, batch task, export, download. What it prints at the end it has read back
//! from the downloaded file.

mod client;
mod report;
mod screen;
mod server;
mod workbook;

use std::{path::PathBuf, time::Instant};

use serde_json::{Value, json};

use crate::error::Error;
use client::Client;
use report::thousands;
use screen::Screen;
use server::Server;

const TASK_NAME: &str = "demo_devices";

/// Does it all; whatever fails is the error.
pub(crate) fn run() -> Result<(), Error> {
    let mut screen = Screen::new();
    let server = Server::start()?;
    screen.line("server", &format!("http://{}, which will be gone when this ends", server.address()));
    let client = Client::new(server.address(), server.credentials()?);
    let product_id = create_product(&client)?;
    screen.line("product", &format!("StreetLamp, {product_id}"));
    let file_id = upload(&client, &product_id, &mut screen)?;
    let task_id = run_batch_task(&client, &server, &file_id, &mut screen)?;
    let export_task_id = export(&client, &server, &task_id, &mut screen)?;
    let (path, zip) = download(&client, &export_task_id)?;
    let report = report::read(&zip)?;
    if report.rows() != workbook::ROWS {
        let (found, sent) = (thousands(report.rows()), thousands(workbook::ROWS));
        return Err(Error::Refused(format!("{} has {found} rows, but {sent} were uploaded", path.display())));
    }
    screen.text(&report.to_string());
    screen.text(&format!("\nThe file: {} ({} bytes)\n", path.display(), thousands(zip.len())));
    Ok(())
}

fn create_product(client: &Client) -> Result<String, Error> {
    let body = json!({
        "name": "StreetLamp",
        "device_type": "StreetLamp",
        "protocol_type": "MQTT",
        "data_format": "json",
        "service_capabilities": [{ "service_id": "Light", "service_type": "Light", "properties": [], "commands": [] }],
    });
    text(&client.post("products", &body)?, "/product_id")
}

fn upload(client: &Client, product_id: &str, screen: &mut Screen) -> Result<String, Error> {
    let file = workbook::devices(product_id)?;
    let answer = client.upload("batchtask-files", "devices.xlsx", &file)?;
    let (rows, wrong) = (thousands(workbook::ROWS), workbook::mistakes());
    screen.line("upload", &format!("devices.xlsx, {rows} rows, {wrong} of them wrong on purpose"));
    text(&answer, "/file_id")
}

fn run_batch_task(
    client: &Client,
    server: &Server,
    file_id: &str,
    screen: &mut Screen,
) -> Result<String, Error> {
    let begun = Instant::now();
    let body = json!({ "task_name": TASK_NAME, "task_type": "createDevices", "document_source": file_id });
    let task_id = text(&client.post("batchtasks", &body)?, "/task_id")?;
    loop {
        let task = &client.get(&format!("batchtasks/{task_id}"))?["batchtask"];
        let (status, progress) = (text(task, "/status")?, &task["task_progress"]);
        let count = |name: &str| number(&progress[name]);
        let (total, fail, done) = (count("total"), count("fail"), count("success") + count("fail"));
        let far = format!("{status}: {} of {} devices, {fail} failed", thousands(done), thousands(total));
        match status.as_str() {
            "Success" | "PartialSuccess" => {
                screen.done("batch task", &far, begun);
                return Ok(task_id);
            }
            "Fail" | "Stopped" => {
                let why = task["status_desc"].as_str().unwrap_or("every device failed");
                return Err(Error::Refused(format!("the batch task ended as {status}: {why}")));
            }
            _ => screen.live("batch task", &far, done * 100 / total.max(1)),
        }
        server.pause()?;
    }
}

fn export(client: &Client, server: &Server, task_id: &str, screen: &mut Screen) -> Result<String, Error> {
    let begun = Instant::now();
    let body = json!({ "resource_type": "BatchTask", "resource_condition": { "task_id": task_id } });
    let id = text(&client.post("export-tasks", &body)?, "/export_task_id")?;
    loop {
        let answer = client.get("export-tasks?resource_type=BatchTask")?;
        let mut tasks = answer["export_tasks"].as_array().into_iter().flatten();
        let Some(task) = tasks.find(|task| task["export_task_id"] == id.as_str()) else {
            return Err(Error::Refused(format!("the export task {id} is not in the list")));
        };
        let (status, progress) = (text(task, "/status")?, number(&task["progress"]));
        let far = format!("{status}: {} rows, {progress} %", thousands(number(&task["export_count"])));
        match status.as_str() {
            "Success" => {
                screen.done("export task", &far, begun);
                return Ok(id);
            }
            "Failed" => {
                return Err(Error::Refused("the export task failed; the server's log says why".to_owned()));
            }
            _ => screen.live("export task", &far, progress),
        }
        server.pause()?;
    }
}

fn download(client: &Client, export_task_id: &str) -> Result<(PathBuf, Vec<u8>), Error> {
    let answer = client.download(&format!("export-tasks/{export_task_id}/file"))?;
    let name = answer.file_name.unwrap_or_else(|| format!("{TASK_NAME}-{export_task_id}.zip"));
    let here = std::env::current_dir().map_err(Error::system("find the current directory"))?;
    let path = here.join(name);
    blob::disk::write_private(&path, &answer.body)?;
    Ok((path, answer.body))
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| number.try_into().ok()).unwrap_or_default()
}

fn text(answer: &Value, pointer: &str) -> Result<String, Error> {
    let found = answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Error::Refused(format!("the server's answer has no {}: {answer}", &pointer[1..])))
}
