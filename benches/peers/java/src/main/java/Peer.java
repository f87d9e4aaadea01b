import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.poi.Version;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;

/** Apache POI HSSF: `poi DATABASE OUT.xls`. A sheet takes 65,536 rows, the header included. */
public class Peer {
    private static final String[] COLUMNS = {
        "target", "status", "output", "error_code", "error_msg", "device_name", "node_id", "start_time", "end_time",
    };
    private static final int SHEET_ROWS = 65_536;

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("versions")) {
            versions();
            return;
        }
        try (Connection connection = open("file:" + arguments[1] + "?mode=ro"); HSSFWorkbook book = new HSSFWorkbook()) {
            fill(book, connection);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[2])))) {
                book.write(out);
            }
        }
    }

    private static void fill(HSSFWorkbook book, Connection connection) throws SQLException {
        String query = "SELECT " + String.join(", ", COLUMNS) + " FROM subtask ORDER BY id";
        try (ResultSet found = connection.createStatement().executeQuery(query)) {
            Sheet sheet = null;
            int line = SHEET_ROWS;
            while (found.next()) {
                if (line == SHEET_ROWS) {
                    sheet = book.createSheet();
                    row(sheet, 0, COLUMNS);
                    line = 1;
                }
                Row row = sheet.createRow(line++);
                for (int column = 0; column < COLUMNS.length; column++) {
                    String text = found.getString(column + 1);
                    if (text != null) {
                        row.createCell(column).setCellValue(text);
                    }
                }
            }
        }
    }

    private static void row(Sheet sheet, int line, String[] texts) {
        Row row = sheet.createRow(line);
        for (int column = 0; column < texts.length; column++) {
            row.createCell(column).setCellValue(texts[column]);
        }
    }

    private static Connection open(String file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private static void versions() throws SQLException {
        try (Connection connection = open(":memory:")) {
            System.out.printf("Java %s, %s %s, sqlite-jdbc %s%n", Runtime.version(), Version.getProduct(),
                Version.getVersion(), connection.getMetaData().getDriverVersion());
        }
    }
}
